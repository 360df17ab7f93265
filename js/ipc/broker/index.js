'use strict';
// Topics between processes: a broker, and its clients.

const { Broker, createBroker } = require('./broker');
const { BrokerClient, connectBroker } = require('./client');
const { inherited } = require('./inherited');
const { brokerVariables } = require('./variables');

module.exports = { Broker, BrokerClient, brokerVariables, connectBroker, createBroker, inherited };
