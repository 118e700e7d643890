package dev.paddock.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.CoreException;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * An agent as a folder: {@code SKILL.md}, any other files, and optionally {@code agent.yaml}. The
 * folder may come from anywhere: files are limited in size, and no path and no link leads out.
 */
public final class AgentFolder {
  private static final int MAX_SKILL_BYTES = 1 << 20;
  private static final int MAX_YAML_BYTES = 64 << 10;
  private static final int MAX_SCHEMA_BYTES = 1 << 20;
  private static final String YAML = "agent.yaml";

  private final Path folder;

  private AgentFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Reads the agent.
   *
   * @throws AgentException {@code NOT_FOUND} when there is no agent, {@code INVALID_REQUEST} with a
   *     line {@code file:line: what} for each violation
   */
  public static AgentDefinition read(Path folder) {
    try {
      return new AgentFolder(folder.toRealPath()).read();
    } catch (IOException e) {
      throw new AgentException(
          ErrorCode.NOT_FOUND, "there is no agent folder %s".formatted(folder), e);
    }
  }

  /**
   * What a fresh workspace is to hold for the agent, if {@code agent.yaml} says so: as it stands
   * there, or in the file that it names.
   */
  public static Optional<JsonNode> manifest(Path folder) {
    try {
      return new AgentFolder(folder.toRealPath()).manifest();
    } catch (IOException e) {
      throw new AgentException(
          ErrorCode.NOT_FOUND, "there is no agent folder %s".formatted(folder), e);
    }
  }

  private Optional<JsonNode> manifest() throws IOException {
    if (!Files.exists(folder.resolve(YAML))) {
      return Optional.empty();
    }
    Optional<YamlValue> value = AgentYaml.manifest(YAML, text(YAML, MAX_YAML_BYTES));
    if (value.isPresent() && value.get() instanceof YamlValue.Scalar name) {
      return Optional.of(DocumentFile.read(inside(name.text())));
    }
    return value.map(YamlValue::json);
  }

  private AgentDefinition read() throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new AgentException(
          ErrorCode.NOT_FOUND,
          "%s is a file; an agent is a folder with a SKILL.md".formatted(folder));
    }
    String skillName = skillName();
    Path folderName = folder.getFileName();
    SkillFile skill =
        SkillFile.parse(
            skillName,
            folderName == null ? "" : folderName.toString(),
            text(skillName, MAX_SKILL_BYTES));
    String yaml = Files.exists(folder.resolve(YAML)) ? text(YAML, MAX_YAML_BYTES) : "{}";
    return AgentYaml.read(YAML, yaml, skill, this::schema);
  }

  private String skillName() {
    for (String name : List.of("SKILL.md", "skill.md")) {
      if (Files.exists(folder.resolve(name))) {
        return name;
      }
    }
    throw new AgentException(
        ErrorCode.NOT_FOUND, "%s has no SKILL.md and so is no agent".formatted(folder));
  }

  /** The schema at a path of the folder, or what is wrong with it. */
  private ObjectNode schema(String path) {
    try {
      if (!(Json.tree(text(path, MAX_SCHEMA_BYTES)) instanceof ObjectNode schema)) {
        throw invalid("%s is no JSON Schema: it must be a JSON object".formatted(path));
      }
      Optional<String> violation = Schemas.notASchema(schema);
      if (violation.isPresent()) {
        throw invalid("%s is no JSON Schema: %s".formatted(path, violation.get()));
      }
      return schema;
    } catch (CoreException e) {
      throw invalid("%s is no JSON Schema: %s".formatted(path, e.getMessage()));
    } catch (IOException | InvalidPathException e) {
      throw invalid("cannot read %s: %s".formatted(path, e));
    }
  }

  private String text(String path, int maxBytes) throws IOException {
    Path file = inside(path);
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(maxBytes + 1);
    }
    if (bytes.length > maxBytes) {
      throw invalid("%s is larger than %,d bytes".formatted(path, maxBytes));
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.startsWith("\uFEFF") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw new AgentException(
          ErrorCode.INVALID_REQUEST, "%s is not UTF-8 text".formatted(path), e);
    }
  }

  private Path inside(String path) throws IOException {
    Path file = folder.resolve(path).normalize();
    if (!file.startsWith(folder)) {
      throw invalid("%s leads out of the agent's folder".formatted(path));
    }
    if (!Files.isRegularFile(file)) {
      throw invalid("%s is no file of the agent's folder".formatted(path));
    }
    if (!file.toRealPath().startsWith(folder)) {
      throw invalid("%s is a link that leads out of the agent's folder".formatted(path));
    }
    return file;
  }

  private static AgentException invalid(String message) {
    return new AgentException(ErrorCode.INVALID_REQUEST, message);
  }
}
