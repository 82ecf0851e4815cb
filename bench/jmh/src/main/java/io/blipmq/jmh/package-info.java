/** What the microbenchmarks have in common; each is in the package of what it measures. */
package io.blipmq.jmh;
