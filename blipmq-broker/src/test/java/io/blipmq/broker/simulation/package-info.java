/**
 * The real broker on the real log on a simulated disk, stepped by one thread from one seed and checked against a model.
 * Start reading at {@link io.blipmq.broker.simulation.BrokerSimulation}.
 */
package io.blipmq.broker.simulation;
