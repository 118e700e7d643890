package dev.paddock.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the documents promise to hold. */
@Tag("rules")
class DocsTest {
  private static final Path ROOT = Program.root();
  private static final List<String> NOT_OURS =
      List.of("target", "out", ".git", "node_modules", "python");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]+)(#[^)]*)?\\)");

  @Test
  void linksLeadSomewhere() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path page : pages()) {
      Matcher link = LINK.matcher(Files.readString(page));
      while (link.find()) {
        String target = link.group(1);
        if (!target.contains("://")
            && !target.startsWith("mailto:")
            && !Files.exists(page.resolveSibling(target))) {
          broken.add(ROOT.relativize(page) + " → " + target);
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void theReadmeBeginsWithItsTwoCommands() throws IOException {
    List<String> commands =
        Files.readAllLines(ROOT.resolve("README.md")).stream()
            .filter(line -> line.startsWith("./paddock"))
            .toList();
    assertThat(commands)
        .startsWith(
            "./paddock run examples/receipts --in examples/receipts/inputs --out out",
            "./paddock test");
  }

  @Test
  void theGuideForContributorsIsOnePage() throws IOException {
    assertThat(Files.readAllLines(ROOT.resolve("AGENTS.md"))).hasSizeLessThanOrEqualTo(60);
  }

  @Test
  void everyExampleSaysWhichModelsItIsFor() throws IOException {
    try (Stream<Path> examples = Files.list(ROOT.resolve("examples"))) {
      for (Path example : examples.filter(one -> !one.endsWith("sdk")).toList()) {
        assertThat(example.resolve("SKILL.md")).exists();
        assertThat(Files.readString(example.resolve("README.md"))).contains("**Models.**");
      }
    }
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT)) {
      return files
          .filter(file -> file.toString().endsWith(".md"))
          .filter(file -> NOT_OURS.stream().noneMatch(part -> inside(file, part)))
          .toList();
    }
  }

  private static boolean inside(Path file, String folder) {
    for (Path part : ROOT.relativize(file)) {
      if (part.toString().equals(folder)) {
        return true;
      }
    }
    return false;
  }
}
