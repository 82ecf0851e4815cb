package io.blipmq.cli;

import io.blipmq.client.Message;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Owned by the main thread. What a published message has beside its body. */
final class MessageOptions {
    /** A century: what is to be kept longer needs no TTL. */
    private static final long TTL_SECONDS_MAX = 3_155_760_000L;

    @Option(
            names = {"-H", "--header"},
            paramLabel = "NAME=VALUE",
            description = "A header; repeatable.")
    private List<String> headers = new ArrayList<>();

    @Option(
            names = "--ttl",
            paramLabel = "SECONDS",
            description = "Time after which the message need not be delivered any more. Default: the broker's setting.")
    private Double ttlSeconds;

    void requireValid(CommandSpec caller) {
        message(caller, "t", new byte[0]);
    }

    Message message(CommandSpec caller, String topic, byte[] body) {
        try {
            Message message = Message.of(topic, body);
            if (ttlSeconds != null) {
                message = message.withTtl(BlipCommand.seconds(caller, "--ttl", ttlSeconds, TTL_SECONDS_MAX));
            }
            for (String header : headers) {
                int equals = header.indexOf('=');
                if (equals < 1) {
                    throw new ParameterException(caller.commandLine(), "--header takes NAME=VALUE");
                }
                message = message.withHeader(header.substring(0, equals), header.substring(equals + 1));
            }
            return message;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(caller.commandLine(), e.getMessage(), e);
        }
    }
}
