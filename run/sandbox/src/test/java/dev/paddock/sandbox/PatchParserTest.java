package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.Patch.Hunk;
import dev.paddock.sandbox.Patch.Insert;
import dev.paddock.sandbox.Patch.Keep;
import dev.paddock.sandbox.Patch.Remove;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PatchParserTest {
  private static List<Patch.Change> parse(String body) {
    return PatchParser.parse("*** Begin Patch\n" + body + "*** End Patch\n").changes();
  }

  private static void assertRefused(String patch, String why) {
    assertThatThrownBy(() -> PatchParser.parse(patch))
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
        .hasMessageContaining(why);
  }

  @Test
  void readsEverySection() {
    assertThat(
            parse(
                """
                *** Add File: docs/a.md
                +one
                +
                +three
                *** Delete File: old.txt
                *** Update File: src/app.py
                *** Move to: src/main.py
                @@ class A
                @@   def f():
                 keep
                -out
                +in
                @@
                +last
                *** End of File
                """))
        .containsExactly(
            new Patch.Add("docs/a.md", 2, "one\n\nthree\n"),
            new Patch.Delete("old.txt", 6),
            new Patch.Update(
                "src/app.py",
                7,
                Optional.of("src/main.py"),
                List.of(
                    new Hunk(
                        9,
                        List.of("class A", "  def f():"),
                        List.of(new Keep("keep"), new Remove("out"), new Insert("in")),
                        false),
                    new Hunk(14, List.of(), List.of(new Insert("last")), true))));
  }

  @Test
  void theFirstPlaceNeedsNoMark() {
    assertThat(parse("*** Update File: a\n-x\n+y\n"))
        .containsExactly(
            new Patch.Update(
                "a",
                2,
                Optional.empty(),
                List.of(new Hunk(3, List.of(), List.of(new Remove("x"), new Insert("y")), false))));
    assertRefused(
        "*** Begin Patch\n*** Update File: a\n-x\n*** End of File\n-y\n*** End Patch",
        "line 5 of the patch: a further place of the file begins with \"@@\"");
  }

  @Test
  void emptyLinesBetweenSectionsAreNoContext() {
    assertThat(parse("*** Update File: a\n@@\n-x\n\n\n@@\n-y\n\n*** Delete File: b\n\n"))
        .containsExactly(
            new Patch.Update(
                "a",
                2,
                Optional.empty(),
                List.of(
                    new Hunk(3, List.of(), List.of(new Remove("x")), false),
                    new Hunk(7, List.of(), List.of(new Remove("y")), false))),
            new Patch.Delete("b", 10));
  }

  @Test
  void anEmptyLineWithinAPlaceIsAnEmptyLineOfTheFile() {
    assertThat(parse("*** Update File: a\n@@\n x\n\n-y\n"))
        .singleElement()
        .isInstanceOfSatisfying(
            Patch.Update.class,
            update -> assertThat(update.hunks().getFirst().before()).containsExactly("x", "", "y"));
  }

  @Test
  void carriageReturnsOfThePatchAreNoText() {
    assertThat(
            PatchParser.parse("*** Begin Patch\r\n*** Add File: a\r\n+x\r\n*** End Patch\r\n")
                .changes())
        .containsExactly(new Patch.Add("a", 2, "x\n"));
    assertThat(parse("*** Add File: a\n+x\ry\n")).containsExactly(new Patch.Add("a", 2, "x\ry\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"<<EOF", "<<'EOF'", "<<\"EOF\"", "<< EOF"})
  void aHereDocumentIsTakenOff(String start) {
    assertThat(
            PatchParser.parse(start + "\n*** Begin Patch\n*** Delete File: a\n*** End Patch\nEOF\n")
                .changes())
        .containsExactly(new Patch.Delete("a", 3));
  }

  @Test
  void whiteSpaceAroundMarkersIsNoMatter() {
    assertThat(
            PatchParser.parse(
                    "\n  *** Begin Patch \n  *** Delete File:  a b \n *** End Patch  \n\n")
                .changes())
        .containsExactly(new Patch.Delete("a b", 3));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|the first line of a patch must be",
        "x|the first line of a patch must be",
        "*** Begin Patch|the last line of a patch must be",
        "*** Begin Patch;*** Delete File: a|the last line of a patch must be",
        "*** Begin Patch;*** End Patch|changes no file",
        "*** Begin Patch;*** Frobnicate File: a;*** End Patch|line 2 of the patch: \"*** Frobnicate",
        "*** Begin Patch;*** Add File: ;*** End Patch|names no file",
        "*** Begin Patch;*** Update File: a;*** End Patch|the update of a says no change",
        "*** Begin Patch;*** Update File: a;*** Move to: b;*** End Patch|says no change",
        "*** Begin Patch;*** Update File: a;@@;*** End Patch|says no change",
        "*** Begin Patch;*** Update File: a;@@;x;*** End Patch|line 4 of the patch: \"x\" is no line",
        "*** Begin Patch;*** Update File: a;@@ -1,2 +1,2 @@;-x;*** End Patch|counts lines",
        "*** Begin Patch;*** Add File: a;x;*** End Patch|line 3 of the patch: \"x\" begins no file",
        "*** Begin Patch;*** Delete File: a;+x;*** End Patch|line 3 of the patch: \"+x\" begins no",
      })
  void saysWhatIsWrongAndWhere(String patch, String why) {
    assertRefused(patch.replace(';', '\n'), why);
  }

  @Test
  void hugePatchesAreRefused() {
    assertThatThrownBy(() -> PatchParser.parse("x".repeat(PatchParser.MAX_CHARS + 1)))
        .hasMessageContaining("at most 8,388,608");
    assertThatThrownBy(() -> parse("*** Delete File: a\n".repeat(PatchParser.MAX_CHANGES + 1)))
        .hasMessageContaining("at most 500 files");
  }

  @Test
  void aLongLineIsNotRepeated() {
    assertThatThrownBy(() -> parse("x".repeat(1_000_000) + "\n")).message().hasSizeLessThan(400);
  }
}
