// The inside of a process of clients: what its parent calls.
import process from 'node:process';

/** Answers calls of the parent, and ends with it. @param {Record<string, (argument: any) => unknown>} methods */
export function serve(methods) {
  process.on('message', ({ id, method, argument }) => {
    Promise.resolve()
      .then(() => methods[method](argument))
      .then(
        (result) => process.send({ id, result }),
        (error) => process.send({ id, error: String(error) }),
      );
  });
  process.on('disconnect', () => process.exit());
}
