'use strict';

exports.AimlApi = class AimlApi {
	name = 'aimlApi';
	displayName = 'Neighbour API';
	properties = [
		{ displayName: 'Token', name: 'token', type: 'string', default: '' },
		{ displayName: 'Base URL', name: 'baseUrl', type: 'string', default: '' },
	];
	authenticate = {
		type: 'generic',
		properties: { headers: { Authorization: '=Neighbour {{$credentials.token}}' } },
	};
	test = { request: { baseURL: '={{$credentials.baseUrl}}', url: '/v2/billing' } };
};
