package io.blipmq.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FileDescriptorsTest {
    @Test
    void connectionsLeaveSomeForTheLog() {
        assertThat(FileDescriptors.connectionsMax(10_000, 1_048_576)).isEqualTo(10_000);
        assertThat(FileDescriptors.connectionsMax(10_000, 1_024)).isEqualTo(896);
        assertThat(FileDescriptors.connectionsMax(10_000, 100)).isEqualTo(1);
    }

    @Test
    void theLimitIsReadAsTheSystemWritesIt() {
        String header = "Limit                     Soft Limit           Hard Limit           Units     ";
        String files = "Max open files            1024                 1048576              files     ";
        assertThat(FileDescriptors.limit(List.of(header, files))).isEqualTo(1_024);
        assertThat(FileDescriptors.limit(List.of(header, files.replace("1024 ", "unlimited "))))
                .isEqualTo(Integer.MAX_VALUE);
        assertThat(FileDescriptors.limit(List.of())).isEqualTo(Integer.MAX_VALUE);
    }
}
