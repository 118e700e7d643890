package dev.paddock.inference;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;

/** The known tensor formats. */
final class TensorFormats {
  private static final Map<String, TensorFormat> BY_NAME = new HashMap<>();
  private static final Map<Integer, TensorFormat> BY_GGUF_TYPE = new HashMap<>();

  static {
    for (TensorFormat format :
        ServiceLoader.load(TensorFormat.class, TensorFormats.class.getClassLoader())) {
      BY_NAME.put(format.name(), format);
      if (format.ggufType() >= 0) {
        BY_GGUF_TYPE.put(format.ggufType(), format);
      }
    }
  }

  private TensorFormats() {}

  static Optional<TensorFormat> byName(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  static Optional<TensorFormat> byGgufType(int type) {
    return Optional.ofNullable(BY_GGUF_TYPE.get(type));
  }
}
