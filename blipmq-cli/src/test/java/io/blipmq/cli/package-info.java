/** Tests of the commands as a shell sees them: arguments and input in, output, errors and exit status out. */
package io.blipmq.cli;
