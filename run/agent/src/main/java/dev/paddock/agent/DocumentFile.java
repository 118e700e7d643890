package dev.paddock.agent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.CoreException;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** A file with one JSON value, written as JSON or as YAML. */
public final class DocumentFile {
  private static final int MAX_JSON = 32 << 20;
  private static final int MAX_YAML = 1 << 20;

  private DocumentFile() {}

  /**
   * Reads a file by the ending of its name.
   *
   * @throws AgentException that names the file, and the line of YAML
   */
  public static JsonNode read(Path file) {
    String name = String.valueOf(file.getFileName());
    boolean yaml = name.toLowerCase(Locale.ROOT).matches(".*\\.ya?ml");
    try (InputStream in = Files.newInputStream(file)) {
      int most = yaml ? MAX_YAML : MAX_JSON;
      byte[] bytes = in.readNBytes(most + 1);
      if (bytes.length > most) {
        throw new AgentException(
            ErrorCode.LIMIT_EXCEEDED, "%s is larger than %,d bytes".formatted(file, most));
      }
      String text = new String(bytes, StandardCharsets.UTF_8);
      return yaml ? YamlReader.read(name, 1, text).json() : Json.tree(text);
    } catch (CoreException e) {
      throw new AgentException(e.code(), "%s: %s".formatted(file, e.getMessage()), e);
    } catch (IOException e) {
      throw new AgentException(ErrorCode.NOT_FOUND, "cannot read %s".formatted(file), e);
    }
  }
}
