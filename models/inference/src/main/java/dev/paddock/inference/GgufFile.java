package dev.paddock.inference;

import dev.paddock.core.ErrorCode;
import dev.paddock.provider.ModelException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A GGUF file, versions 2 and 3, little-endian: metadata and tensors, checked before use. */
public final class GgufFile {
  private static final int MAGIC = 0x46554747;
  private static final int MAX_NAME = 65_535;
  private static final int MAX_TEXT = 16 << 20;
  private static final int MAX_ENTRIES = 1 << 20;
  private static final int MAX_DIMENSIONS = 4;

  private final String file;
  private final Map<String, GgufValue> metadata;
  private final Map<String, Tensor> tensors;

  private GgufFile(String file, Map<String, GgufValue> metadata, Map<String, Tensor> tensors) {
    this.file = file;
    this.metadata = metadata;
    this.tensors = tensors;
  }

  public static GgufFile open(Path path) {
    return read(MappedFile.map(path), path.toString());
  }

  static GgufFile read(MemorySegment data, String file) {
    ByteReader in = new ByteReader(data, file);
    if (in.remaining() < 24 || in.int32() != MAGIC) {
      throw new ModelException(ErrorCode.CORRUPT, file + " is no GGUF file");
    }
    int version = in.int32();
    if (version != 2 && version != 3) {
      throw new ModelException(
          ErrorCode.CORRUPT,
          "%s is GGUF version %d; versions 2 and 3 can be read"
              .formatted(file, Integer.toUnsignedLong(version)));
    }
    int tensorCount = entries(in, "the number of tensors", 24);
    int valueCount = entries(in, "the number of metadata values", 13);
    Map<String, GgufValue> metadata = new LinkedHashMap<>();
    for (int i = 0; i < valueCount; i++) {
      String key = in.string("a metadata key", MAX_NAME);
      if (metadata.put(key, value(in, key, in.int32())) != null) {
        throw in.corrupt("metadata \"%s\" stands twice".formatted(key));
      }
    }
    GgufFile header = new GgufFile(file, metadata, new LinkedHashMap<>());
    header.readTensors(in, data, tensorCount);
    return header;
  }

  private static int entries(ByteReader in, String what, int bytesEach) {
    int count = in.count(what, bytesEach);
    if (count > MAX_ENTRIES) {
      throw in.corrupt("%s is %d; at most %d are allowed".formatted(what, count, MAX_ENTRIES));
    }
    return count;
  }

  private static GgufValue value(ByteReader in, String key, int type) {
    return switch (type) {
      case 0, 1, 2, 3, 4, 5, 7, 10, 11 -> new GgufValue.Whole(whole(in, type));
      case 6, 12 -> new GgufValue.Real(real(in, type));
      case 8 -> new GgufValue.Text(in.bytes("metadata \"%s\"".formatted(key), MAX_TEXT));
      case 9 -> array(in, key, in.int32());
      default -> throw in.corrupt("metadata \"%s\" has the unknown type %d".formatted(key, type));
    };
  }

  private static GgufValue array(ByteReader in, String key, int type) {
    String what = "the length of metadata \"%s\"".formatted(key);
    return switch (type) {
      case 0, 1, 2, 3, 4, 5, 7, 10, 11 -> wholes(in, type, in.count(what, width(type)));
      case 6, 12 -> reals(in, type, in.count(what, width(type)));
      case 8 -> texts(in, key, in.count(what, 8));
      default ->
          throw in.corrupt("metadata \"%s\" is a list of unknown type %d".formatted(key, type));
    };
  }

  private static GgufValue wholes(ByteReader in, int type, int count) {
    long[] values = new long[count];
    for (int i = 0; i < count; i++) {
      values[i] = whole(in, type);
    }
    return new GgufValue.Wholes(values);
  }

  private static GgufValue reals(ByteReader in, int type, int count) {
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = real(in, type);
    }
    return new GgufValue.Reals(values);
  }

  private static GgufValue texts(ByteReader in, String key, int count) {
    List<byte[]> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(in.bytes("an entry of metadata \"" + key + "\"", MAX_TEXT));
    }
    return new GgufValue.Texts(values);
  }

  private static int width(int type) {
    return switch (type) {
      case 0, 1, 7 -> 1;
      case 2, 3 -> 2;
      case 4, 5, 6 -> 4;
      default -> 8;
    };
  }

  private static long whole(ByteReader in, int type) {
    return switch (type) {
      case 0 -> in.int8() & 0xffL;
      case 1 -> in.int8();
      case 2 -> in.int16() & 0xffffL;
      case 3 -> in.int16();
      case 4 -> in.int32() & 0xffffffffL;
      case 5 -> in.int32();
      case 7 -> in.int8() == 0 ? 0 : 1;
      default -> in.int64();
    };
  }

  private static double real(ByteReader in, int type) {
    return type == 6 ? Float.intBitsToFloat(in.int32()) : Double.longBitsToDouble(in.int64());
  }

  private record Entry(String name, List<Long> shape, TensorFormat format, long offset) {}

  private void readTensors(ByteReader in, MemorySegment data, int count) {
    List<Entry> entries = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      entries.add(entry(in));
    }
    long alignment = whole("general.alignment").orElse(32L);
    if (alignment <= 0 || alignment > 1 << 20 || Long.bitCount(alignment) != 1) {
      throw in.corrupt("general.alignment is " + alignment);
    }
    long begin = Math.ceilDiv(in.position(), alignment) * alignment;
    for (Entry entry : entries) {
      long bytes = bytes(in, entry);
      if (entry.offset < 0
          || entry.offset % alignment != 0
          || bytes > data.byteSize() - begin
          || entry.offset > data.byteSize() - begin - bytes) {
        throw in.corrupt(
            "tensor %s (%d bytes at offset %s) does not lie within the file"
                .formatted(entry.name, bytes, Long.toUnsignedString(entry.offset)));
      }
      Tensor tensor =
          new Tensor(
              entry.name, entry.shape, entry.format, data.asSlice(begin + entry.offset, bytes));
      if (tensors.put(entry.name, tensor) != null) {
        throw in.corrupt("tensor %s stands twice".formatted(entry.name));
      }
    }
  }

  private static Entry entry(ByteReader in) {
    String name = in.string("a tensor's name", MAX_NAME);
    int dimensions = in.int32();
    if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
      throw in.corrupt("tensor %s has %d dimensions".formatted(name, dimensions));
    }
    List<Long> shape = new ArrayList<>(dimensions);
    for (int d = 0; d < dimensions; d++) {
      long size = in.int64();
      if (size < 1 || size > Integer.MAX_VALUE - 64) {
        throw in.corrupt("tensor %s has a dimension of %d".formatted(name, size));
      }
      shape.addFirst(size);
    }
    int type = in.int32();
    TensorFormat format =
        TensorFormats.byGgufType(type)
            .orElseThrow(
                () ->
                    new ModelException(
                        ErrorCode.INVALID_REQUEST,
                        "tensor %s is stored in GGUF type %d, which this engine does not read"
                            .formatted(name, type)));
    return new Entry(name, shape, format, in.int64());
  }

  private static long bytes(ByteReader in, Entry entry) {
    if (entry.shape.getLast() % entry.format.blockSize() != 0) {
      throw in.corrupt(
          "a row of tensor %s has %d elements, which are no whole %s blocks"
              .formatted(entry.name, entry.shape.getLast(), entry.format.name()));
    }
    try {
      long elements = 1;
      for (long size : entry.shape) {
        elements = Math.multiplyExact(elements, size);
      }
      return entry.format.bytes(elements);
    } catch (ArithmeticException e) {
      throw in.corrupt("tensor %s is larger than any file".formatted(entry.name));
    }
  }

  public String file() {
    return file;
  }

  public Map<String, Tensor> tensors() {
    return java.util.Collections.unmodifiableMap(tensors);
  }

  /** A tensor that the model cannot do without. */
  public Tensor tensor(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new ModelException(ErrorCode.CORRUPT, "%s lacks the tensor %s".formatted(file, name));
    }
    return tensor;
  }

  public Optional<String> text(String key) {
    return metadata.get(key) instanceof GgufValue.Text t
        ? Optional.of(new String(t.utf8(), StandardCharsets.UTF_8))
        : Optional.empty();
  }

  public Optional<Long> whole(String key) {
    return metadata.get(key) instanceof GgufValue.Whole w
        ? Optional.of(w.value())
        : Optional.empty();
  }

  public Optional<Double> real(String key) {
    return switch (metadata.get(key)) {
      case GgufValue.Real r -> Optional.of(r.value());
      case GgufValue.Whole w -> Optional.of((double) w.value());
      case null, default -> Optional.empty();
    };
  }

  Optional<List<byte[]>> texts(String key) {
    return metadata.get(key) instanceof GgufValue.Texts t
        ? Optional.of(t.values())
        : Optional.empty();
  }

  Optional<long[]> wholes(String key) {
    return metadata.get(key) instanceof GgufValue.Wholes w
        ? Optional.of(w.values())
        : Optional.empty();
  }

  /** A positive whole number that fits an {@code int}. */
  int size(String key) {
    long value =
        whole(key)
            .orElseThrow(
                () ->
                    new ModelException(
                        ErrorCode.CORRUPT, "%s lacks the metadata %s".formatted(file, key)));
    if (value < 1 || value > 1 << 24) {
      throw new ModelException(
          ErrorCode.CORRUPT, "%s: metadata %s is %d".formatted(file, key, value));
    }
    return (int) value;
  }
}
