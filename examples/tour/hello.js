'use strict';

console.log(`hello, ${process.argv[2]}, on Node ${process.versions.node}`);
