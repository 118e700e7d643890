package dev.paddock.inference;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.CoreException;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.provider.ModelException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A safetensors file; its header is checked before use. */
public final class SafetensorsFile {
  private static final long MAX_HEADER = 100_000_000;
  private static final int MAX_DIMENSIONS = 16;

  private final String file;
  private final Map<String, Tensor> tensors;

  private SafetensorsFile(String file, Map<String, Tensor> tensors) {
    this.file = file;
    this.tensors = tensors;
  }

  public static SafetensorsFile open(Path path) {
    return read(MappedFile.map(path), path.toString());
  }

  static SafetensorsFile read(MemorySegment data, String file) {
    if (data.byteSize() < 8) {
      throw corrupt(file, "it is shorter than its header");
    }
    long length = data.get(Layouts.LONG, 0);
    if (length < 2 || length > MAX_HEADER || length > data.byteSize() - 8) {
      throw corrupt(file, "its header claims " + Long.toUnsignedString(length) + " bytes");
    }
    byte[] json = new byte[(int) length];
    MemorySegment.copy(data, Layouts.BYTE, 8, json, 0, json.length);
    JsonNode header;
    try {
      header = Json.read(json, JsonNode.class);
    } catch (CoreException e) {
      throw corrupt(file, "its header is " + e.getMessage());
    }
    MemorySegment body = data.asSlice(8 + length);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    List<long[]> ranges = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : header.properties()) {
      if (!field.getKey().equals("__metadata__")) {
        tensors.put(field.getKey(), tensor(file, field.getKey(), field.getValue(), body, ranges));
      }
    }
    requireApart(file, ranges);
    return new SafetensorsFile(file, tensors);
  }

  private static Tensor tensor(
      String file, String name, JsonNode node, MemorySegment body, List<long[]> ranges) {
    JsonNode shapeNode = node.path("shape");
    JsonNode offsets = node.path("data_offsets");
    if (!shapeNode.isArray()
        || shapeNode.size() > MAX_DIMENSIONS
        || offsets.size() != 2
        || !offsets.get(0).isIntegralNumber()
        || !offsets.get(1).isIntegralNumber()) {
      throw corrupt(file, "tensor %s lacks a shape or its two offsets".formatted(name));
    }
    String type = node.path("dtype").asText();
    TensorFormat format =
        TensorFormats.byName(type)
            .filter(known -> known.blockSize() == 1)
            .orElseThrow(
                () ->
                    new ModelException(
                        ErrorCode.INVALID_REQUEST,
                        "%s: tensor %s is of type \"%s\", which this engine does not read"
                            .formatted(file, name, type)));
    List<Long> shape = new ArrayList<>();
    long bytes = format.blockBytes();
    for (JsonNode size : shapeNode) {
      if (!size.canConvertToExactIntegral() || !size.canConvertToLong() || size.asLong() < 0) {
        throw corrupt(file, "tensor %s has a dimension of %s".formatted(name, size));
      }
      shape.add(size.asLong());
      if (Math.multiplyHigh(bytes, size.asLong()) != 0 || bytes * size.asLong() < 0) {
        throw corrupt(file, "tensor %s is larger than any file".formatted(name));
      }
      bytes *= size.asLong();
    }
    long begin = offsets.get(0).asLong(-1);
    long end = offsets.get(1).asLong(-1);
    if (begin < 0 || end < begin || end > body.byteSize() || end - begin != bytes) {
      throw corrupt(
          file,
          "tensor %s needs %d bytes, its offsets are %s of %d bytes"
              .formatted(name, bytes, offsets, body.byteSize()));
    }
    ranges.add(new long[] {begin, end});
    return new Tensor(name, shape, format, body.asSlice(begin, bytes));
  }

  private static void requireApart(String file, List<long[]> ranges) {
    ranges.sort(Comparator.comparingLong(range -> range[0]));
    for (int i = 1; i < ranges.size(); i++) {
      if (ranges.get(i)[0] < ranges.get(i - 1)[1]) {
        throw corrupt(file, "two tensors overlap at offset " + ranges.get(i)[0]);
      }
    }
  }

  private static ModelException corrupt(String file, String reason) {
    return new ModelException(
        ErrorCode.CORRUPT, "%s is damaged: %s; fetch it again".formatted(file, reason));
  }

  public Map<String, Tensor> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  public Tensor tensor(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new ModelException(ErrorCode.CORRUPT, "%s lacks the tensor %s".formatted(file, name));
    }
    return tensor;
  }
}
