/**
 * Microbenchmarks of the core's structures, in this package because they are not public. A benchmark plays the core
 * thread, which owns them.
 */
package io.blipmq.broker;
