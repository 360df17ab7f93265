'use strict';

/** Runs `main` with the parameters of the command line and prints what it finds. Ends the process: a subject may hold it open. */
function measure(main) {
  main(JSON.parse(process.argv[2])).then(
    (result) => {
      console.log(JSON.stringify(result));
      process.exit(0);
    },
    (error) => {
      console.error(error);
      process.exit(1);
    },
  );
}

module.exports = { measure };
