// Does what the step's environment names: one small act for each thing that a test wants to see.
require('./acts/' + process.env.ACT + '.js');
