import type { INode } from 'n8n-workflow';

/** Whether a model calls the node: n8n makes the type `<node>Tool` of it. */
export const isTool = ({ type }: Pick<INode, 'type'>): boolean => type.endsWith('Tool');
