/** Tests of the client over sockets: with a real broker, and with a fake one where rare things have to happen. */
package io.blipmq.client;
