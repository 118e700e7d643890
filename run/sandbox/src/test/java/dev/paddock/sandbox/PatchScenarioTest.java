package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The reference's own scenarios: a folder, a patch, the folder afterwards. They are not part of
 * this project; whoever has them puts the folders {@code 001_…} of {@code
 * codex-rs/apply-patch/tests/fixtures/scenarios} into {@code peers/codex-apply-patch} of the cache.
 */
class PatchScenarioTest {
  private static final Path SCENARIOS =
      Path.of(
          System.getProperty(
              "paddock.cache",
              Path.of(System.getProperty("user.home"), ".cache", "paddock").toString()),
          "peers",
          "codex-apply-patch");

  /** Where the reference leaves the first half of a patch whose second half fails. */
  private static final Set<String> NOT_ATOMIC =
      Set.of("015_failure_after_partial_success_leaves_changes");

  @TempDir Path temp;

  @TestFactory
  Stream<DynamicTest> scenarios() throws IOException {
    assumeTrue(
        Files.isDirectory(SCENARIOS),
        () ->
            "the scenarios of codex-rs/apply-patch/tests/fixtures are not in %s"
                .formatted(SCENARIOS));
    try (Stream<Path> folders = Files.list(SCENARIOS)) {
      List<Path> scenarios = folders.filter(Files::isDirectory).sorted().toList();
      assertThat(scenarios).hasSizeGreaterThanOrEqualTo(22);
      return scenarios.stream()
          .map(each -> DynamicTest.dynamicTest(each.getFileName().toString(), () -> run(each)));
    }
  }

  private void run(Path scenario) throws IOException {
    Path folder = Files.createDirectories(temp.resolve(scenario.getFileName()));
    Map<String, String> input = tree(scenario.resolve("input"));
    for (Map.Entry<String, String> file : input.entrySet()) {
      Path path = folder.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
    boolean refused = false;
    try (Workspace workspace = Workspace.open(folder, List.of())) {
      String patch = Files.readString(scenario.resolve("patch.txt"));
      PatchApplier.apply(workspace, PatchParser.parse(patch));
    } catch (SandboxException e) {
      refused = true;
    }
    String name = scenario.getFileName().toString();
    boolean ours = NOT_ATOMIC.contains(name);
    assertThat(tree(folder)).isEqualTo(ours ? input : tree(scenario.resolve("expected")));
    assertThat(refused)
        .isEqualTo(ours || name.contains("rejects") || name.matches(".*(requires|fails).*"));
  }

  private static Map<String, String> tree(Path folder) throws IOException {
    Map<String, String> files = new TreeMap<>();
    if (!Files.isDirectory(folder)) {
      return files;
    }
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        files.put(folder.relativize(path).toString(), Files.readString(path));
      }
    }
    return files;
  }
}
