package io.blipmq.net.blip;

/**
 * A kind of answer, and how it is written when its time has come. Stateless.
 *
 * @param <S> the sessions that have such answers
 */
public interface AnswerKind<S extends BlipSession> {
    /**
     * Writes an answer into the session's output.
     *
     * @param value what the kind says, else 0; likewise the second and the detail
     * @return false when it takes more than one call
     */
    boolean write(S session, long correlationId, long value, long secondValue, Object detail);
}
