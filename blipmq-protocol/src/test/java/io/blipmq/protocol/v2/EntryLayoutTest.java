package io.blipmq.protocol.v2;

import static io.blipmq.protocol.v2.Hex.bytes;
import static io.blipmq.protocol.v2.Hex.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.protocol.entry.EntryLayout;
import io.blipmq.protocol.entry.PropertiesBuilder;
import io.blipmq.protocol.entry.PropertiesReader;
import io.blipmq.protocol.entry.PropertyLayout;
import io.blipmq.protocol.entry.PropertyProblem;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EntryLayoutTest {
    /** Entries are read at an offset, so that nothing relies on their standing at the buffer's beginning. */
    private static final int OFFSET = 3;

    @Test
    void entriesAreCounted() {
        assertThat(check("")).isZero();
        assertThat(check("00000000")).isEqualTo(1);
        assertThat(check("00000001 61 00000000 00000002 6262")).isEqualTo(3);
        assertThat(check("80000001 0000 61")).isEqualTo(1);
        assertThat(check("80000000 000b 01 0008 0000000000000001")).isEqualTo(1);
        assertThat(check("80000001 0006 80 0003 01 6b 76 61 00000001 62")).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "80000000 0003 81 0000",
                "80000000 0004 81 0001 ff",
                "80000000 0004 81 0001 24",
                "80000000 0004 81 0001 23",
                "80000000 0006 81 0003 612f2b",
                "80000000 0006 81 0003 2b2f61",
                "80000000 0008 81 0001 61 81 0001 61"
            })
    void repliesToWhereNobodyCanPublish(String hex) {
        assertThat(check(hex)).isEqualTo(PropertyProblem.BAD_REPLY_TO);
        assertThat(refusal(hex))
                .isEqualTo(
                        "400 a message must have at most one reply to, a topic that can be published to: no filter, no '$' in front");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00",
                "000000",
                "00000001",
                "00000002 61",
                "00000001 61 00",
                "7fffffff",
                "80000000",
                "80000000 00",
                "80000000 0001",
                "80000001 0000",
                "ffffffff 0000 61",
                "ffffffff ffff 61",
                "80000000 0001 81",
                "80000000 0003 81 0001",
                "80000000 0005 81 0000 8100"
            })
    void lengthsThatDoNotFitAreMalformed(String hex) {
        assertThat(check(hex)).isEqualTo(PropertyProblem.MALFORMED);
        assertThat(refusal(hex)).isEqualTo("400 invalid PUBLISH_BATCH payload");
        assertThat(check("00000001 61" + hex)).isEqualTo(PropertyProblem.MALFORMED);
    }

    @ParameterizedTest
    @CsvSource({
        "80000000 000a 01 0007 00000000000000, 400 a message must have at most one TTL of 8 bytes",
        "80000000 0016 01 0008 0000000000000001 01 0008 0000000000000001, 400 a message must have at most one TTL of 8 bytes",
        "80000000 0003 00 0000, 400 the broker does not know property 0x00: keys below 0x80 must be known",
        "80000000 0003 02 0000, 400 a message must have at most one deliver at of 8 bytes",
        "80000000 0016 02 0008 0000000000000001 02 0008 0000000000000001, 400 a message must have at most one deliver at of 8 bytes",
        "80000000 0003 04 0000, 400 the broker does not know property 0x04: keys below 0x80 must be known",
        "80000000 0003 7f 0000, 400 the broker does not know property 0x7f: keys below 0x80 must be known",
        "80000000 0003 90 0000, 400 property 0x90 belongs to the broker: a client must not send it",
        "80000000 0003 9f 0000, 400 property 0x9f belongs to the broker: a client must not send it",
        "80000000 0003 80 0000, '400 a header must be the length of its name, its name in UTF-8, and its value'",
        "80000000 0004 80 0001 01, '400 a header must be the length of its name, its name in UTF-8, and its value'",
        "80000000 0005 80 0002 01 ff, '400 a header must be the length of its name, its name in UTF-8, and its value'",
        "00000000 80000000 0003 04 0000, 400 the broker does not know property 0x04: keys below 0x80 must be known",
        "80000000 0003 03 0000, '400 a message must have at most one publish id, of 1 to 64 bytes'",
        "80000000 0008 03 0001 61 03 0001 62, '400 a message must have at most one publish id, of 1 to 64 bytes'",
        "80000000 0006 82 0000 82 0000, 400 a message must have at most one correlation"
    })
    void propertiesThatCannotBe(String hex, String refusal) {
        assertThat(refusal(hex)).isEqualTo(refusal);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "80 0001 00",
                "80 0002 01 6b",
                "80 0002 00 ff",
                "81 0003 612b62",
                "82 0001 ff",
                "8f 0000",
                "a0 0000",
                "ff 0000"
            })
    void propertiesThatAskForNothingAreTaken(String properties) {
        int length = bytes(properties).length;
        assertThat(check("80000000" + String.format("%04x", length) + properties))
                .isEqualTo(1);
    }

    @Test
    void aPublishIdHasAtMost64Bytes() {
        assertThat(check("80000000 0004 03 0001 00")).isEqualTo(1);
        assertThat(check("80000000 0043 03 0040" + "61".repeat(64))).isEqualTo(1);
        assertThat(refusal("80000000 0044 03 0041" + "61".repeat(65)))
                .isEqualTo("400 a message must have at most one publish id, of 1 to 64 bytes");
    }

    @Test
    void propertiesAreAtMost32KiB() {
        int most = PropertyLayout.BYTES_MAX - PropertyLayout.HEADER_BYTES;
        assertThat(check(withProperty(most))).isEqualTo(1);
        assertThat(check(withProperty(most + 1))).isEqualTo(PropertyProblem.TOO_LONG);
        assertThat(V2Nack.of(PropertyProblem.TOO_LONG, null)).isEqualTo(V2Nack.PROPERTIES_TOO_LONG);
    }

    @Test
    void theFieldsOfAnEntry() {
        ByteBuffer buffer = at("80000004 0011 01 0008 000000000000ea60 80 0003 01 6b 76 626f6479");
        assertThat(EntryLayout.bytesAt(buffer, OFFSET)).isEqualTo(27);
        assertThat(EntryLayout.bytesAt(buffer.array(), OFFSET)).isEqualTo(27);
        assertThat(EntryLayout.bodyLength(buffer, OFFSET)).isEqualTo(4);
        assertThat(EntryLayout.bodyOffset(buffer, OFFSET)).isEqualTo(OFFSET + 23);
        PropertiesReader reader = new PropertiesReader().ofEntry(buffer, OFFSET);
        assertThat(reader.next()).isTrue();
        assertThat(reader.key()).isEqualTo(PropertyLayout.TTL_KEY);
        assertThat(reader.asLong()).isEqualTo(60_000);
        assertThat(reader.next()).isTrue();
        assertThat(reader.headerName()).isEqualTo("k");
        assertThat(reader.headerValue()).isEqualTo(text("v"));
        assertThat(reader.next()).isFalse();
    }

    @Test
    void anEntryWithoutPropertiesHasNoneToRead() {
        ByteBuffer buffer = at("00000001 61");
        assertThat(EntryLayout.bytesAt(buffer.array(), OFFSET)).isEqualTo(5);
        assertThat(EntryLayout.bodyOffset(buffer, OFFSET)).isEqualTo(OFFSET + 4);
        assertThat(new PropertiesReader().ofEntry(buffer, OFFSET).next()).isFalse();
    }

    /** What was put in comes out, and nothing cut short or changed is taken for something else than it is. */
    @Test
    void someMaySayWhenTheyAreToBeDelivered() {
        String later = "80000001 000b 02 0008 0000000000000123 61";
        String atOnce = "80000001 000b 01 0008 0000000000000001 61";
        assertThat(check(atOnce + "00000001 61")).isEqualTo(2);
        assertThat(check(atOnce + later + "00000001 61")).isEqualTo(3 | EntryLayout.DELIVER_AT_FLAG);
        ByteBuffer region = at(later + atOnce);
        int end = OFFSET + bytes(later + atOnce).length;
        assertThat(EntryLayout.deliverAtMillis(region, OFFSET)).isEqualTo(0x123);
        assertThat(EntryLayout.deliverAtMillis(region, OFFSET + 18)).isZero();
        assertThat(EntryLayout.deliverAtMillisMax(region, OFFSET, end)).isEqualTo(0x123);
        ByteBuffer never = at(later + later.replace("0000000000000123", "ffffffffffffffff"));
        assertThat(EntryLayout.deliverAtMillisMax(never, OFFSET, end)).isEqualTo(-1);
    }

    @Test
    void entriesSurviveTheirWay() {
        long seed = Long.getLong("blipmq.seed", System.nanoTime());
        System.out.println("blipmq.seed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            List<byte[]> bodies = new ArrayList<>();
            ByteBuffer region = randomEntries(random, bodies);
            int end = region.position();
            assertThat(EntryLayout.check(region, 0, end)).isEqualTo(bodies.size());
            int at = 0;
            for (byte[] body : bodies) {
                byte[] found = new byte[EntryLayout.bodyLength(region, at)];
                region.get(EntryLayout.bodyOffset(region, at), found);
                assertThat(found).isEqualTo(body);
                assertThat(EntryLayout.isWithin(region, at, end - at)).isTrue();
                at += EntryLayout.bytesAt(region, at);
            }
            region.put(random.nextInt(end), (byte) random.nextInt());
            expectSoundAnswer(region, random.nextInt(end + 1));
        }
    }

    private static void expectSoundAnswer(ByteBuffer region, int end) {
        int count = EntryLayout.check(region, 0, end);
        int at = 0;
        for (int i = 0; i < count; i++) {
            assertThat(EntryLayout.isWithin(region, at, end - at)).isTrue();
            at += EntryLayout.bytesAt(region, at);
        }
        assertThat(count < 0 || at == end).isTrue();
    }

    private static ByteBuffer randomEntries(Random random, List<byte[]> bodies) {
        ByteBuffer region = ByteBuffer.allocate(4096);
        PropertiesBuilder properties = new PropertiesBuilder();
        for (int i = 0; i <= random.nextInt(10); i++) {
            byte[] body = new byte[random.nextInt(40)];
            random.nextBytes(body);
            properties.clear();
            if (random.nextInt(3) == 0) {
                properties.ttlMillis(random.nextLong());
            }
            for (int header = random.nextInt(3); header > 0; header--) {
                properties.header("name" + header, "value");
            }
            RequestEncoder.entry(region, body, properties);
            bodies.add(body);
        }
        return region;
    }

    private static String withProperty(int valueLength) {
        int length = PropertyLayout.HEADER_BYTES + valueLength;
        return "80000000" + String.format("%04x 82 %04x", length, valueLength) + "00".repeat(valueLength);
    }

    private static String refusal(String hex) {
        var refusal = V2Nack.of(check(hex), V2Nack.INVALID_PUBLISH_BATCH);
        return refusal.code() + " " + refusal.text();
    }

    private static int check(String hex) {
        return EntryLayout.check(at(hex), OFFSET, OFFSET + bytes(hex).length);
    }

    private static ByteBuffer at(String hex) {
        byte[] region = bytes(hex);
        return ByteBuffer.allocate(OFFSET + region.length).put(OFFSET, region);
    }
}
