'use strict';
// Topics between processes: a broker, and its clients.

const { Broker, createBroker } = require('./broker');
const { BrokerClient, connectBroker } = require('./client');
const { brokerVariables, inherited } = require('./inherited');

module.exports = { Broker, BrokerClient, brokerVariables, connectBroker, createBroker, inherited };
