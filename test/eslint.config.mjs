// Test code runs in Node itself, not in n8n's sandbox, so n8n's rules for nodes do not fit it. Its
// files end in .cts: n8n's own configuration, which must stay unmodified, lints every .ts file.
import tseslint from 'typescript-eslint';

export default tseslint.config({
	files: ['**/*.cts'],
	extends: [tseslint.configs.recommended],
});
