/** A protocol that no other package knows: it shows that a guest of the event loop needs what is public there, and no more. */
package io.blipmq.net.echo;
