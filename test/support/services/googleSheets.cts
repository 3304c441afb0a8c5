import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

import type { GoogleAccount } from './googleAccount.cts';
import { answerJson } from './http.cts';

export const SHEETS_HOSTS = ['sheets.googleapis.com'];

type Cell = string | number;

/**
 * Google Sheets as far as n8n's node reads and updates rows of it: one spreadsheet with one sheet.
 * https://developers.google.com/workspace/sheets/api/reference/rest
 */
export class FakeGoogleSheets {
	readonly id = randomUUID().replaceAll('-', '');
	readonly title = 'Videos';
	/** By row and column; the first row has the names of the columns. */
	readonly cells: Cell[][] = [];
	/** Each update in order: the cell, as `C2`, and its new value. */
	readonly updates: Array<[cell: string, value: Cell]> = [];

	constructor(private readonly account: GoogleAccount) {}

	readonly handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
		if (!this.account.admits(request.headers.authorization)) {
			return answerJson(response, 401, { error: { code: 401, status: 'UNAUTHENTICATED' } });
		}
		const path = decodeURIComponent(new URL(request.url ?? '/', 'https://sheets').pathname);
		const own = `/v4/spreadsheets/${this.id}`;
		if (request.method === 'GET' && path === own) {
			const properties = { sheetId: 0, title: this.title, index: 0, gridProperties: {} };
			return answerJson(response, 200, { sheets: [{ properties }] });
		}
		if (request.method === 'GET' && path.startsWith(`${own}/values/`)) {
			const range = path.slice(`${own}/values/`.length);
			return answerJson(response, 200, { range, majorDimension: 'ROWS', values: this.cells });
		}
		if (request.method === 'POST' && path === `${own}/values:batchUpdate`) {
			const { data } = JSON.parse(await text(request)) as {
				data: Array<{ range: string; values: Cell[][] }>;
			};
			for (const { range, values } of data) this.update(range, values[0][0]);
			return answerJson(response, 200, { totalUpdatedCells: data.length });
		}
		return answerJson(response, 404, { error: { code: 404, message: 'Not found' } });
	};

	/** The rows below the names, by the names. */
	get rows(): Array<Record<string, Cell>> {
		const [names = [], ...rows] = this.cells;
		return rows.map((row) =>
			Object.fromEntries(names.map((name, index) => [name, row[index] ?? ''])),
		);
	}

	private update(range: string, value: Cell): void {
		const [, column, row] = /!?([A-Z])(\d+)$/.exec(range) ?? [];
		if (column === undefined) throw new Error(`No cell: ${range}`);
		this.cells[Number(row) - 1][column.charCodeAt(0) - 65] = value;
		this.updates.push([`${column}${row}`, value]);
	}
}
