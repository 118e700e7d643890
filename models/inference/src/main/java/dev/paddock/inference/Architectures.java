package dev.paddock.inference;

import dev.paddock.core.ErrorCode;
import dev.paddock.provider.ModelException;
import java.util.List;
import java.util.ServiceLoader;

/** The known architectures by name. */
final class Architectures {
  private static final List<Architecture> ALL =
      ServiceLoader.load(Architecture.class, Architectures.class.getClassLoader()).stream()
          .map(ServiceLoader.Provider::get)
          .toList();

  private Architectures() {}

  static Architecture named(String name) {
    return ALL.stream()
        .filter(known -> known.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new ModelException(
                    ErrorCode.INVALID_REQUEST,
                    "the model's architecture is \"%s\"; this engine runs %s"
                        .formatted(name, ALL.stream().map(Architecture::name).sorted().toList())));
  }
}
