package io.blipmq.cli;

import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads a decimal number, and nothing else that Java takes for one: it reads {@code 7d} as 7, where a user means seven days.
 * Stateless.
 */
final class PlainNumber implements ITypeConverter<Double> {
    private static final Pattern DECIMAL = Pattern.compile("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+)?");

    @Override
    public Double convert(String text) {
        if (!DECIMAL.matcher(text).matches()) {
            throw new TypeConversionException("'" + text + "' is not a number without a unit");
        }
        return Double.valueOf(text);
    }
}
