import type { BrowserSession } from './editor.test.cts';
import { API } from './internet.cts';
import { pictures } from './pictures.cts';

/** Creating the credential from the node that wants it. */
export function credential(session: BrowserSession): void {
	const dialog = () => session.editor.page.getByTestId('editCredential-modal');
	const fill = async (name: string, value: string) =>
		await dialog().getByTestId(`parameter-input-${name}`).locator('input').fill(value);
	const save = async () => await dialog().getByTestId('credential-save-button').click();

	it('asks for a key alone', async () => {
		const { page } = session.editor;
		await page.getByText('Connect to AIMLAPI').click();
		await fill('apiKey', 'a-key-of-your-own');
		const baseUrl = dialog().getByTestId('parameter-input-baseUrl').locator('input');
		expect(await baseUrl.inputValue()).toBe(API);
		await pictures(page, 'credential', dialog(), dialog().getByText('Enterprise plan users'));
	});

	it('a wrong key does not pass n8n’s test', async () => {
		await fill('apiKey', 'wrong');
		await save();
		await dialog().getByText('Couldn’t connect with these settings').waitFor();
		await dialog().getByText('More details').click();
		await dialog().getByText('AIMLAPI did not accept the API key').first().waitFor();
	});

	it('the right key passes it, and the node has its credential', async () => {
		const { page } = session.editor;
		await fill('apiKey', session.fake.key);
		await save();
		await dialog().waitFor({ state: 'hidden' });
		await page.getByTestId('credential-edit-button').click();
		await dialog().getByTestId('credentials-config-container-test-success').waitFor();
		await dialog().getByRole('button', { name: 'Close' }).click();
		await dialog().waitFor({ state: 'hidden' });
	});
}
