package io.blipmq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BlipAddressTest {
    @ParameterizedTest
    @CsvSource({
        "blip://127.0.0.1:5555, 127.0.0.1, 5555, 127.0.0.1:5555",
        "BLIP://broker:6000/, broker, 6000, broker:6000",
        "broker:7000, broker, 7000, broker:7000",
        "broker, broker, 5555, broker:5555",
        "blip://[::1]:5556, ::1, 5556, [::1]:5556",
        "[::1], ::1, 5555, [::1]:5555",
    })
    void readsTheFormsThatTheHelpNames(String text, String host, int port, String shown) {
        BlipAddress address = BlipAddress.parse(text);

        assertThat(address).isEqualTo(new BlipAddress(host, port)).hasToString(shown);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "blip://", ":5555", "host:", "host:port", "host:0", "host:65536", "::1", "http://host:1"})
    void refusesWhatIsNoAddress(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> BlipAddress.parse(text));
    }

    @Test
    void neverRepeatsAKeyThatStandsInTheAddress() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BlipAddress.parse("blip://secret@host:5555"))
                .withMessageContaining("must not hold")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
    }
}
