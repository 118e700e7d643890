package dev.paddock.node;

import dev.paddock.core.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** The agents that come with Paddock, by name. */
final class BundledAgents {
  static final List<String> NAMES = List.of("assistant");

  private BundledAgents() {}

  /** The folder of a bundled agent, written to the cache as this build has it. */
  static Path folder(String name, Path cache) {
    Path folder = cache.resolve("agents").resolve(name);
    Path file = folder.resolve("SKILL.md");
    try (InputStream skill =
        BundledAgents.class.getResourceAsStream("/agents/" + name + "/SKILL.md")) {
      if (skill == null) {
        throw new IllegalStateException("no bundled agent " + name);
      }
      byte[] bytes = skill.readAllBytes();
      if (!Files.exists(file) || !java.util.Arrays.equals(Files.readAllBytes(file), bytes)) {
        Files.createDirectories(folder);
        Path fresh = Files.createTempFile(folder, "SKILL", ".tmp");
        Files.write(fresh, bytes);
        Files.move(
            fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      }
      return folder;
    } catch (IOException e) {
      throw new NodeException(
          ErrorCode.READ_ONLY, "cannot write to PADDOCK_CACHE (%s): %s".formatted(cache, e), e);
    }
  }
}
