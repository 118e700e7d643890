package dev.paddock.provider;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * A model file of this machine; all but the file itself stands in a JSON file beside it.
 *
 * @param source where it came from, without secrets
 * @param sha256 lower-case hexadecimal, of the whole file when it was fetched
 */
public record LocalModelFile(
    String name,
    @JsonIgnore Path file,
    String source,
    String sha256,
    @JsonProperty("bytes") long bytes,
    Optional<String> licence) {

  public LocalModelFile {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(sha256, "sha256");
  }

  public ModelRef ref() {
    return new ModelRef("local", name);
  }
}
