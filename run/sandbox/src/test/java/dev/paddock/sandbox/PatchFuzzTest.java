package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.core.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Made-up patches: each is applied whole or refused with a reason, and nothing leaves the folder.
 */
class PatchFuzzTest {
  private static final boolean SOAK = Boolean.getBoolean("paddock.soak");
  private static final int PARSED = SOAK ? 300_000 : 3_000;
  private static final int APPLIED = SOAK ? 20_000 : 400;
  private static final List<String> PIECES =
      List.of(
          "*** Begin Patch",
          "*** End Patch",
          "*** Add File: ",
          "*** Delete File: ",
          "*** Update File: ",
          "*** Move to: ",
          "*** End of File",
          "@@",
          "@@ ",
          "@@ -1,2 +3 @@",
          "+",
          "-",
          " ",
          "\n",
          "\r\n",
          "\n",
          "\n",
          "<<EOF",
          "EOF",
          "a",
          "b",
          "../",
          "/",
          "/etc/passwd",
          "link/canary",
          "\0",
          "\u2028",
          "\ud800",
          "\\x2f",
          "x y");

  @TempDir Path temp;

  @Test
  void everyTextIsAPatchOrIsRefusedWithItsLine() {
    int patches = 0;
    for (int seed = 0; seed < PARSED; seed++) {
      Random random = new Random(seed);
      String text =
          random
              .ints(random.nextInt(40), 0, PIECES.size())
              .mapToObj(PIECES::get)
              .collect(Collectors.joining());
      String whole = random.nextInt(4) == 0 ? text : wrapped(text);
      try {
        Patch patch = PatchParser.parse(whole);
        assertThat(patch.changes()).as("seed %d", seed).isNotEmpty();
        patches++;
      } catch (SandboxException e) {
        assertThat(e.code()).as("seed %d", seed).isEqualTo(ErrorCode.INVALID_REQUEST);
      }
    }
    assertThat(patches).as("texts that were patches").isPositive();
  }

  private static String wrapped(String text) {
    return "*** Begin Patch\n*** Update File: a\n" + text + "\n*** End Patch";
  }

  /** A patch that is made from two versions of a file gives the second, whatever stands in it. */
  @Test
  void aPatchOfTwoVersionsGivesTheSecond() {
    for (int seed = 0; seed < PARSED; seed++) {
      Random random = new Random(seed);
      List<Patch.Line> lines = new ArrayList<>();
      StringBuilder before = new StringBuilder();
      StringBuilder after = new StringBuilder();
      String end = random.nextBoolean() ? "\n" : "\r\n";
      int count = 1 + random.nextInt(30);
      for (int i = 0; i < count; i++) {
        String text =
            List.of("", "x", " y", "\tz", "+", "@@", "*** End Patch").get(random.nextInt(7));
        switch (random.nextInt(3)) {
          case 0 -> {
            lines.add(new Patch.Keep(text));
            before.append(text).append(end);
            after.append(text).append(end);
          }
          case 1 -> {
            lines.add(new Patch.Remove(text));
            before.append(text).append(end);
          }
          default -> {
            lines.add(new Patch.Insert(text));
            after.append(text).append(end);
          }
        }
      }
      if (before.isEmpty()) {
        continue;
      }
      String body =
          lines.stream()
              .map(
                  line ->
                      switch (line) {
                        case Patch.Keep(String text) -> " " + text;
                        case Patch.Remove(String text) -> "-" + text;
                        case Patch.Insert(String text) -> "+" + text;
                      })
              .collect(Collectors.joining("\n"));
      Patch patch =
          PatchParser.parse("*** Begin Patch\n*** Update File: a\n@@\n" + body + "\n*** End Patch");
      Patch.Update update = (Patch.Update) patch.changes().getFirst();
      assertThat(PatchedText.of("a", before.toString(), update.hunks()))
          .as("seed %d", seed)
          .isEqualTo(after.toString());
    }
  }

  @Test
  void whatIsRefusedChangesNothingAndNothingLeavesTheFolder() throws IOException {
    Path outside = Files.createDirectories(temp.resolve("outside"));
    Files.writeString(outside.resolve("canary"), "canary\n");
    Path folder = Files.createDirectories(temp.resolve("workspace"));
    Files.createSymbolicLink(folder.resolve("link"), outside);
    Files.createDirectories(folder.resolve("d/e"));
    int applied = 0;
    int refused = 0;
    try (Workspace workspace = Workspace.open(folder, List.of())) {
      for (int seed = 0; seed < APPLIED; seed++) {
        Files.writeString(folder.resolve("a"), "1\n2\n3\n");
        Map<String, String> before = tree(folder);
        try {
          PatchApplier.apply(workspace, PatchParser.parse(patch(new Random(seed))));
          applied++;
        } catch (SandboxException e) {
          assertThat(tree(folder)).as("seed %d: %s", seed, e.getMessage()).isEqualTo(before);
          refused++;
        }
        assertThat(tree(outside)).as("seed %d", seed).isEqualTo(Map.of("canary", "canary\n"));
      }
    }
    assertThat(applied).isPositive();
    assertThat(refused).isPositive();
  }

  private static String patch(Random random) {
    StringBuilder patch = new StringBuilder("*** Begin Patch\n");
    for (int i = 0; i <= random.nextInt(4); i++) {
      switch (random.nextInt(3)) {
        case 0 -> patch.append("*** Add File: ").append(path(random)).append("\n+new\n");
        case 1 -> patch.append("*** Delete File: ").append(path(random)).append('\n');
        default -> {
          patch.append("*** Update File: ").append(path(random)).append('\n');
          if (random.nextInt(3) == 0) {
            patch.append("*** Move to: ").append(path(random)).append('\n');
          }
          patch.append("@@\n-").append(1 + random.nextInt(4)).append("\n+4\n");
        }
      }
    }
    return patch.append("*** End Patch").toString();
  }

  private static String path(Random random) {
    return List.of(
            "a",
            "a",
            "a",
            "b",
            "d",
            "d/b",
            "d/e/c",
            "a/x",
            "link/canary",
            "../outside/canary",
            ".",
            "new/x")
        .get(random.nextInt(12));
  }

  private static Map<String, String> tree(Path folder) throws IOException {
    Map<String, String> files = new HashMap<>();
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.toList()) {
        if (Files.isRegularFile(path)) {
          files.put(folder.relativize(path).toString(), Files.readString(path));
        }
      }
    }
    return files;
  }
}
