package dev.paddock.inference;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a model file says of itself; reading it touches only the header.
 *
 * @param format the tensor format that most of its bytes have
 * @param chatTemplate whether it can be asked as a chat
 */
public record ModelFile(
    Path path,
    String name,
    String architecture,
    long parameters,
    int contextLength,
    String format,
    long bytes,
    Optional<String> license,
    boolean chatTemplate) {

  public static ModelFile describe(Path path) {
    return describe(GgufFile.open(path), path);
  }

  static ModelFile describe(GgufFile file, Path path) {
    String architecture = file.text("general.architecture").orElse("unknown");
    Map<String, Long> bytesByFormat = new HashMap<>();
    long parameters = 0;
    long bytes = 0;
    for (Tensor tensor : file.tensors().values()) {
      parameters += tensor.elements();
      bytes += tensor.data().byteSize();
      bytesByFormat.merge(tensor.format().name(), tensor.data().byteSize(), Long::sum);
    }
    return new ModelFile(
        path,
        file.text("general.name").orElse(String.valueOf(path.getFileName())),
        architecture,
        parameters,
        file.size(architecture + ".context_length"),
        bytesByFormat.entrySet().stream()
            .max(Map.Entry.comparingByValue())
            .map(Map.Entry::getKey)
            .orElse("none"),
        bytes,
        file.text("general.license"),
        file.text("tokenizer.chat_template").isPresent());
  }
}
