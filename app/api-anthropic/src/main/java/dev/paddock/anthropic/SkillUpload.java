package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.agent.AgentException;
import dev.paddock.agent.SkillFile;
import dev.paddock.core.Json;
import dev.paddock.core.spi.Blobs;
import dev.paddock.server.spi.Request;
import dev.paddock.server.spi.ServerException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * A skill as it is uploaded: files below one folder, or a zip archive of them, with a {@code
 * SKILL.md} that obeys the open Agent Skills format.
 *
 * @param files blob addresses by path below the folder
 */
record SkillUpload(
    String name, String description, Map<String, String> files, Optional<String> displayName) {
  private static final int MAX_FILES = 1_000;
  private static final long MAX_BYTES = 30L << 20;
  private static final int MAX_SKILL_FILE = 1 << 20;
  private static final int MAX_DISPLAY_NAME = 255;

  static SkillUpload read(Request request, Blobs blobs, boolean first) throws IOException {
    Reader reader = new Reader(blobs);
    Optional<String> displayName = Optional.empty();
    for (Request.Part part : request.multipart()) {
      switch (part.name()) {
        case "files", "files[]" -> reader.part(part);
        case "display_name" -> {
          if (!first) {
            throw ServerException.invalid("display_name", "unknown field");
          }
          displayName = part.text().filter(text -> !text.isEmpty());
        }
        default -> throw ServerException.invalid(Texts.shortened(part.name()), "unknown field");
      }
    }
    displayName.ifPresent(SkillUpload::requireDisplayName);
    return reader.finish(displayName);
  }

  private static void requireDisplayName(String name) {
    Texts.requireStorable(Json.object().put("display_name", name));
    if (name.length() > MAX_DISPLAY_NAME
        || name.isBlank()
        || name.codePoints().anyMatch(Character::isISOControl)) {
      throw ServerException.invalid(
          "display_name", "must be one line of 1 to %d characters".formatted(MAX_DISPLAY_NAME));
    }
  }

  ObjectNode filesJson() {
    ObjectNode json = Json.object();
    files.forEach(json::put);
    return json;
  }

  private static final class Reader {
    private final Blobs blobs;
    private final Map<String, String> files = new TreeMap<>();
    private long bytes;

    Reader(Blobs blobs) {
      this.blobs = blobs;
    }

    void part(Request.Part part) {
      String sha256 =
          part.sha256().orElseThrow(() -> ServerException.invalid("files", "must be files"));
      String path = part.fileName().orElse("");
      if (path.endsWith(".zip") && path.indexOf('/') < 0) {
        unzip(sha256);
      } else {
        add(path, sha256, part.size());
      }
    }

    private void unzip(String sha256) {
      byte[] archive =
          blobs
              .read(sha256, MAX_BYTES)
              .orElseThrow(() -> ServerException.invalid("files", "the archive is gone"));
      try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
        for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
          if (!entry.isDirectory()) {
            byte[] content = zip.readNBytes((int) (MAX_BYTES - bytes) + 1);
            requireSize(content.length);
            add(entry.getName(), blobs.put(content), content.length);
          }
        }
      } catch (IOException | IllegalArgumentException e) {
        throw ServerException.invalid("files", "is no zip archive: " + e.getMessage());
      }
    }

    private void requireSize(long more) {
      if (bytes + more > MAX_BYTES) {
        throw ServerException.invalid(
            "files", "a skill has at most %,d bytes".formatted(MAX_BYTES));
      }
    }

    private void add(String path, String sha256, long size) {
      requireSize(size);
      bytes += size;
      List<String> segments = List.of(path.split("/", -1));
      boolean plain =
          path.length() <= 1024
              && segments.stream()
                  .allMatch(
                      s ->
                          !s.isBlank()
                              && !s.equals(".")
                              && !s.equals("..")
                              && s.length() <= 255
                              && s.codePoints().noneMatch(Reader::forbidden));
      if (!plain || segments.size() < 2) {
        throw ServerException.invalid(
            "files",
            "\"%s\" is no path of a skill, such as my-skill/SKILL.md"
                .formatted(Texts.shortened(path)));
      }
      if (files.put(path, sha256) != null) {
        throw ServerException.invalid(
            "files", "\"%s\" stands here twice".formatted(Texts.shortened(path)));
      }
      if (files.size() > MAX_FILES) {
        throw ServerException.invalid("files", "at most %,d files".formatted(MAX_FILES));
      }
    }

    private static boolean forbidden(int c) {
      return Character.isISOControl(c)
          || c == '\\'
          || c == 0xFFFD
          || Character.getType(c) == Character.SURROGATE;
    }

    SkillUpload finish(Optional<String> displayName) {
      List<String> folders =
          files.keySet().stream()
              .map(path -> path.substring(0, path.indexOf('/')))
              .distinct()
              .toList();
      if (folders.size() != 1) {
        throw ServerException.invalid(
            "files",
            folders.isEmpty()
                ? "is required: the files of a folder with a SKILL.md"
                : "must all lie in one folder, not in " + folders.size());
      }
      String folder = folders.getFirst();
      Map<String, String> below = new TreeMap<>();
      files.forEach((path, sha256) -> below.put(path.substring(folder.length() + 1), sha256));
      requireNoFileAboveAnother(below);
      SkillFile skill = skill(folder, below);
      return new SkillUpload(skill.name(), skill.description(), below, displayName);
    }

    private static void requireNoFileAboveAnother(Map<String, String> files) {
      for (String path : files.keySet()) {
        for (int at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1)) {
          if (files.containsKey(path.substring(0, at))) {
            throw ServerException.invalid(
                "files",
                "\"%s\" is a file and a folder".formatted(Texts.shortened(path.substring(0, at))));
          }
        }
      }
    }

    private SkillFile skill(String folder, Map<String, String> files) {
      String name = files.containsKey("SKILL.md") ? "SKILL.md" : "skill.md";
      String sha256 = files.get(name);
      if (sha256 == null) {
        throw ServerException.invalid("files", "the folder has no SKILL.md");
      }
      try {
        byte[] bytes = blobs.read(sha256, MAX_SKILL_FILE).orElse(new byte[0]);
        String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        return SkillFile.parse(name, folder, text);
      } catch (CharacterCodingException e) {
        throw ServerException.invalid("files", "SKILL.md is not UTF-8 text");
      } catch (AgentException e) {
        throw ServerException.invalid("files", e.getMessage());
      }
    }
  }
}
