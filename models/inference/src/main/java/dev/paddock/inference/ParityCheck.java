package dev.paddock.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.provider.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs a folder of recorded inputs and outputs of a reference implementation: {@code config.json},
 * {@code model.safetensors} or {@code weights.safetensors}, {@code expected*.safetensors}, and
 * {@code inputs.safetensors} where the inputs do not stand among the expected.
 */
public final class ParityCheck {
  public static final double DEFAULT_TOLERANCE = 1e-4;

  private static final long MAX_CONFIG = 1 << 20;

  private ParityCheck() {}

  /** One tensor compared; whole numbers have the tolerance 0. */
  public record Line(String name, List<Long> shape, double difference, double tolerance) {
    public boolean passed() {
      return difference <= tolerance;
    }

    @Override
    public String toString() {
      return "%-16s %-20s max abs difference %.3e  tolerance %.1e"
          .formatted(name, shape, difference, tolerance);
    }
  }

  /** All tensors compared. */
  public record Report(List<Line> lines) {
    public boolean passed() {
      return !lines.isEmpty() && lines.stream().allMatch(Line::passed);
    }

    /** One line a tensor, then {@code PASS} or {@code FAIL}. */
    public List<String> text() {
      List<String> out = new ArrayList<>(lines.stream().map(Line::toString).toList());
      out.add(passed() ? "PASS" : "FAIL");
      return out;
    }
  }

  public static Report run(Path folder, double tolerance, EngineOptions options) {
    ObjectNode config = config(folder);
    Path weights =
        first(folder, "model.safetensors", "weights.safetensors")
            .orElseThrow(() -> missing(folder, "model.safetensors or weights.safetensors"));
    SafetensorsFile expected =
        SafetensorsFile.open(
            first(folder, "expected.safetensors", "expected-bf16.safetensors")
                .orElseThrow(() -> missing(folder, "expected.safetensors")));
    Tensor inputs =
        expected.tensors().containsKey("input_ids")
            ? expected.tensor("input_ids")
            : SafetensorsFile.open(
                    first(folder, "inputs.safetensors")
                        .orElseThrow(() -> missing(folder, "inputs.safetensors")))
                .tensor("input_ids");
    Architecture architecture = Architectures.named(config.path("model_type").asText());
    try (Network network = architecture.load(config, SafetensorsFile.open(weights), options)) {
      return new Report(compare(network, inputs, expected, tolerance));
    }
  }

  private static List<Line> compare(
      Network network, Tensor inputs, SafetensorsFile expected, double tolerance) {
    if (inputs.shape().size() != 2) {
      throw new ModelException(
          ErrorCode.CORRUPT,
          "input_ids has shape %s, not [rows, tokens]".formatted(inputs.shape()));
    }
    List<ParityRun> runs = new ArrayList<>();
    for (int row = 0; row < inputs.rows(); row++) {
      float[] ids = new float[inputs.columns()];
      inputs.row(row, ids, 0);
      runs.add(ParityRun.of(network, ids));
    }
    List<Line> lines = new ArrayList<>();
    for (Map.Entry<String, Tensor> entry : expected.tensors().entrySet()) {
      String name = entry.getKey();
      Tensor tensor = entry.getValue();
      if (!name.equals("input_ids")) {
        double difference = ParityRun.difference(network, runs, name, tensor);
        boolean whole = tensor.format().name().startsWith("I");
        lines.add(new Line(name, tensor.shape(), difference, whole ? 0 : tolerance));
      }
    }
    return lines;
  }

  private static ObjectNode config(Path folder) {
    Path path = first(folder, "config.json").orElseThrow(() -> missing(folder, "config.json"));
    try {
      if (Files.size(path) > MAX_CONFIG) {
        throw new ModelException(ErrorCode.LIMIT_EXCEEDED, path + " is larger than 1 MiB");
      }
      JsonNode node = Json.tree(Files.readString(path));
      if (node instanceof ObjectNode object) {
        return object;
      }
      throw new ModelException(ErrorCode.CORRUPT, path + " is no JSON object");
    } catch (IOException e) {
      throw new ModelException(ErrorCode.UNAVAILABLE, "cannot read %s: %s".formatted(path, e), e);
    }
  }

  private static Optional<Path> first(Path folder, String... names) {
    for (String name : names) {
      if (Files.isRegularFile(folder.resolve(name))) {
        return Optional.of(folder.resolve(name));
      }
    }
    return Optional.empty();
  }

  private static ModelException missing(Path folder, String what) {
    return new ModelException(
        ErrorCode.NOT_FOUND, "%s is no parity folder: it lacks %s".formatted(folder, what));
  }
}
