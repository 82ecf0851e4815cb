package io.blipmq.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/** Immutable. Tells addresses and host names from mistakes without asking a name server. */
final class HostNames {
    private static final int NAME_LENGTH_MAX = 253;
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final Pattern ONLY_DIGITS_AND_DOTS = Pattern.compile("[\\d.]+");
    private static final Pattern IPV6 = Pattern.compile("\\[?[0-9a-fA-F:.]*:[0-9a-fA-F:.]*(%[A-Za-z0-9._-]+)?]?");
    private static final Pattern NAME =
            Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_-]*)(\\.[A-Za-z0-9_][A-Za-z0-9_-]*)*\\.?");

    private HostNames() {}

    static boolean isValid(String host) {
        if (literal(host).isPresent()) {
            return true;
        }
        return host.length() <= NAME_LENGTH_MAX
                && NAME.matcher(host).matches()
                && !ONLY_DIGITS_AND_DOTS.matcher(host).matches();
    }

    /** The address when the text is one, in digits; empty for a name. */
    static Optional<InetAddress> literal(String host) {
        if (!IPV4.matcher(host).matches() && !IPV6.matcher(host).matches()) {
            return Optional.empty();
        }
        try {
            return isIpv4OutOfRange(host) ? Optional.empty() : Optional.of(InetAddress.getByName(host));
        } catch (UnknownHostException notAnAddress) {
            return Optional.empty();
        }
    }

    /** Such a text would be looked up as a name. */
    private static boolean isIpv4OutOfRange(String host) {
        if (!IPV4.matcher(host).matches()) {
            return false;
        }
        for (String part : host.split("\\.")) {
            if (Integer.parseInt(part) > 255) {
                return true;
            }
        }
        return false;
    }
}
