'use strict';
module.exports = require('./build/Release/node_gst.node');
