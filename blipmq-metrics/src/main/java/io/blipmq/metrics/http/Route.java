package io.blipmq.metrics.http;

/** Answers GET and HEAD of one path. Thread-safe: the endpoint's threads call it at the same time. */
@FunctionalInterface
interface Route {
    Reply answer(Request request);
}
