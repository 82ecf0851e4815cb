/**
 * Microbenchmarks of the wire format. Each method is one step of a message's way, over a batch that is prepared outside
 * what is measured.
 */
package io.blipmq.protocol;
