package io.blipmq.broker.simulation;

import io.blipmq.broker.SettleAction;
import io.blipmq.broker.SettleRequest;
import io.blipmq.protocol.entry.PropertiesBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/** What connections of protocol version 2 ask for, at random. Owned by the simulation's thread. */
final class PushedRequests {
    private static final String[] NAMES = {"n", "m"};
    private static final String[] FILTERS = {"+", "#", "b"};
    private static final String[] IDS = {"1", "2", "3", "4", "fifth", "the sixth of them all"};
    private static final SettleAction[] ACTIONS = SettleAction.values();

    private final Random random;
    private final String[] topics;
    /** Whether the subscriptions of these names are to filters. */
    private final boolean[] namesFilter = new boolean[NAMES.length];

    private final Consumer<String> note;
    /** What there is more of in this run, so that what happens rarely in all happens often in some. */
    private final Consumer<PushedClient> emphasis;

    PushedRequests(Random random, String[] topics, Consumer<String> note) {
        this.random = random;
        this.topics = topics;
        this.note = note;
        for (int i = 0; i < namesFilter.length; i++) {
            namesFilter[i] = random.nextInt(3) == 0;
        }
        List<Consumer<PushedClient>> emphases = List.of(this::anyRequest, this::schedule, this::attach);
        this.emphasis = emphases.get(random.nextInt(emphases.size()));
    }

    void request(PushedClient client) {
        if (random.nextInt(6) == 0) {
            emphasis.accept(client);
        } else {
            anyRequest(client);
        }
    }

    private void anyRequest(PushedClient client) {
        int choice = random.nextInt(100);
        if (choice < 5) {
            schedule(client);
        } else if (choice < 35) {
            publish(client);
        } else if (choice < 40) {
            client.ping();
        } else if (choice < 50) {
            attach(client);
        } else if (choice < 65) {
            credit(client);
        } else if (choice < 90) {
            settle(client);
        } else if (choice < 94) {
            leave(client);
        } else if (choice < 95 && random.nextInt(4) == 0) {
            note.accept(client + " drains");
            client.drain();
        } else if (choice < 96) {
            boolean stalled = random.nextBoolean();
            note.accept(client + (stalled ? " takes nothing" : " takes what it is sent"));
            client.stall(stalled);
        } else {
            deadLetters(client);
        }
    }

    private String anyTopic() {
        return topics[random.nextInt(topics.length)];
    }

    /** What is due now, soon or later, some of it at the same moment; and now and then a list or a cancellation. */
    private void schedule(PushedClient client) {
        int what = random.nextInt(8);
        if (what == 0) {
            note.accept(client + " lists what is scheduled");
            client.listScheduled(1 + random.nextInt(5));
            return;
        }
        if (what < 3) {
            long number = client.model.schedule().any(random.nextInt(1 << 20));
            note.accept(client + " cancels " + number);
            client.cancel(number);
            return;
        }
        long[] due = new long[1 + random.nextInt(5)];
        for (int i = 0; i < due.length; i++) {
            long ahead = random.nextInt(4) == 0 ? random.nextInt(3) - 1 : random.nextInt(1 << 4 + random.nextInt(17));
            due[i] = i > 0 && random.nextInt(3) == 0 ? due[i - 1] : client.model.nowMillis() + ahead;
        }
        long ttl = random.nextInt(3) == 0 ? 1 + random.nextInt(50_000) : 0;
        String topic = anyTopic();
        note.accept(client + " schedules " + due.length + " for " + topic + " at " + due[0]);
        client.schedule(topic, due, ttl, random.nextInt(30));
    }

    private void publish(PushedClient client) {
        int qos = random.nextInt(3) == 0 ? 0 : 1;
        String topic = anyTopic();
        int count = 1 + random.nextInt(8);
        boolean header = random.nextBoolean();
        boolean ids = random.nextInt(3) == 0;
        List<byte[]> properties = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            properties.add(anyProperties(header, ids && random.nextInt(4) > 0));
        }
        note.accept(client + " publishes a batch of " + count + " at QoS " + qos + " to " + topic
                + (ids ? ", with ids" : ""));
        client.publishBatch(qos, topic, properties, random.nextInt(random.nextInt(8) == 0 ? 500 : 30));
    }

    private byte[] anyProperties(boolean header, boolean id) {
        PropertiesBuilder properties = new PropertiesBuilder();
        if (header) {
            properties.header("h", "v" + random.nextInt(100));
        }
        if (id) {
            properties.publishId(Texts.bytes(IDS[random.nextInt(IDS.length)]));
        }
        return properties.toBytes();
    }

    void attach(PushedClient client) {
        if (client.hasAttached() && random.nextInt(6) == 0) {
            note.accept(client + " attaches as before");
            client.attachAgain(anyCredit());
            return;
        }
        int kind = random.nextInt(11);
        String topic = anyTopic();
        String name = "";
        boolean filter = kind >= 7 && random.nextInt(3) == 0;
        if (kind < 5) {
            int number = random.nextInt(NAMES.length);
            name = NAMES[number];
            filter = namesFilter[number] ^ random.nextInt(8) == 0;
            topic = filter ? FILTERS[number] : random.nextInt(5) == 0 ? topic : topics[number];
        } else if (kind < 7) {
            boolean ofFilter = random.nextInt(3) == 0;
            topic = Model.DEAD_LETTERS + (ofFilter ? FILTERS[random.nextInt(FILTERS.length)] : topic);
        } else if (kind == 10) {
            name = random.nextInt(8) == 0 ? NAMES[0] : "g";
            filter = random.nextInt(8) == 0;
            topic = filter ? FILTERS[0] : random.nextInt(5) == 0 ? topic : topics[0];
        } else if (filter) {
            topic = FILTERS[random.nextInt(FILTERS.length)];
        }
        int qos = kind < 9 ? 1 : 0;
        boolean group = kind == 10 || kind < 7 && random.nextInt(3) == 0;
        boolean takeOver = random.nextBoolean();
        boolean fromNew = random.nextInt(6) == 0;
        long timeout = random.nextBoolean() ? 0 : 10 + random.nextInt(2_000);
        long backoff = random.nextBoolean() ? 0 : 10 + random.nextInt(500);
        note.accept(client + " attaches to " + (filter ? "filter " : "") + topic + " as '" + name + "' at QoS " + qos
                + (group ? ", in a group" : "") + (takeOver ? ", taking over" : "") + (fromNew ? ", from new" : ""));
        client.attach(
                PushedClient.request(qos, topic, filter, name, group, takeOver, fromNew, timeout, backoff),
                anyCredit());
    }

    private long anyCredit() {
        return random.nextInt(4) == 0 ? PushedClient.unlimited() : random.nextInt(10);
    }

    private long own(PushedClient client) {
        return client.subscriptions().isEmpty() || random.nextInt(10) == 0
                ? client.key().anySubscription(random)
                : client.subscriptions()
                        .get(random.nextInt(client.subscriptions().size()));
    }

    private void credit(PushedClient client) {
        long id = own(client);
        note.accept(client + " gives credit to " + id);
        client.credit(id, anyCredit());
    }

    private void settle(PushedClient client) {
        for (int count = 1 + random.nextInt(6); count > 0; count--) {
            SimulatedKey.Tag tag = client.key().anyReceived(random);
            if (tag == null) {
                return;
            }
            SettleAction action = random.nextInt(3) == 0 ? ACTIONS[random.nextInt(ACTIONS.length)] : SettleAction.ACK;
            boolean upTo = random.nextInt(4) == 0;
            boolean stored = (action == SettleAction.ACK || action == SettleAction.REJECT) && random.nextInt(4) == 0;
            int attempt = random.nextBoolean() ? tag.attempt() : SettleRequest.ANY_ATTEMPT;
            long millis = switch (action) {
                case NACK -> random.nextBoolean() ? 0 : random.nextInt(1_000);
                case EXTEND -> 1 + random.nextInt(2_000);
                case ACK, REJECT, RELEASE, BEGIN -> 0;
            };
            note.accept(client + " settles " + tag + ": " + action + (upTo ? " up to it" : "")
                    + (stored ? ", stored, " : " ") + attempt + " " + millis);
            client.settle(tag.subscription(), action, upTo, stored, millis, tag.tag(), attempt);
        }
    }

    private void leave(PushedClient client) {
        boolean byName = random.nextInt(3) == 0;
        long id = byName ? 0 : own(client);
        String name = byName ? NAMES[random.nextInt(NAMES.length)] : "";
        boolean delete = byName || random.nextInt(3) == 0;
        note.accept(client + " leaves " + id + " '" + name + "'" + (delete ? " and deletes it" : ""));
        client.detach(id, name, delete);
    }

    private void deadLetters(PushedClient client) {
        long id = own(client);
        SimulatedKey.Tag tag = random.nextInt(3) == 0 ? client.key().anyReceived(random) : null;
        long only = tag == null ? 0 : tag.tag();
        long letters = tag == null ? id : tag.subscription();
        long count = 1 + random.nextInt(5);
        if (random.nextInt(3) == 0) {
            note.accept(client + " purges " + count + " of " + letters + " " + only);
            client.purge(letters, count, only);
        } else {
            note.accept(client + " redrives " + count + " of " + letters + " " + only);
            client.redrive(letters, count, only);
        }
    }
}
