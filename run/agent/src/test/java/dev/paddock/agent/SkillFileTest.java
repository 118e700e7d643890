package dev.paddock.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of the open Agent Skills format, case by case as its reference validator has them. */
class SkillFileTest {
  private static SkillFile parse(String folder, String text) {
    return SkillFile.parse("SKILL.md", folder, text);
  }

  private static String skill(String name, String more) {
    return "---\nname: %s\ndescription: A test skill\n%s---\nBody\n".formatted(name, more);
  }

  @Test
  void aWholeSkill() {
    SkillFile skill =
        parse(
            "my-skill",
            """
            ---
            name: my-skill
            description: A test skill
            license: MIT
            allowed-tools: Bash(jq:*) Bash(git:*)
            compatibility: Requires Python 3.11+
            metadata:
              author: Test Author
              version: 1.0
            ---
            # My Skill

            ---
            After a rule.
            """);
    assertThat(skill.license()).contains("MIT");
    assertThat(skill.allowedTools()).contains(List.of("Bash(jq:*)", "Bash(git:*)"));
    assertThat(skill.compatibility()).contains("Requires Python 3.11+");
    assertThat(skill.metadata()).containsEntry("author", "Test Author");
    assertThat(skill.metadata()).containsEntry("version", "1.0");
    assertThat(skill.body()).isEqualTo("# My Skill\n\n---\nAfter a rule.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"my-skill", "技能", "мой-навык", "навык", "a", "9-lives", "année"})
  void goodNames(String name) {
    assertThat(parse(name, skill(name, "")).name()).isEqualTo(name);
  }

  @ParameterizedTest
  @CsvSource({
    "MySkill,lower case",
    "НАВЫК,lower case",
    "-my-skill,hyphen",
    "my-skill-,hyphen",
    "my--skill,two hyphens",
    "my_skill,only letters",
    "my skill,only letters",
    "my.skill,only letters",
  })
  void badNames(String name, String message) {
    assertThatThrownBy(() -> parse(name, skill(name, "")))
        .isInstanceOf(AgentException.class)
        .hasMessageStartingWith("SKILL.md:2: ")
        .hasMessageContaining(message);
  }

  @Test
  void aNameIsAtMost64Characters() {
    String longest = "a".repeat(64);
    assertThat(parse(longest, skill(longest, "")).name()).isEqualTo(longest);
    String longer = "a".repeat(65);
    assertThatThrownBy(() -> parse(longer, skill(longer, ""))).hasMessageContaining("65");
  }

  @Test
  void aNameIsComparedInCompatibilityComposition() {
    assertThat(parse("café", skill("cafe\u0301", "")).name()).isEqualTo("café");
    assertThat(parse("ﬁle", skill("file", "")).name()).isEqualTo("file");
  }

  @Test
  void aNameIsThatOfItsFolder() {
    assertThatThrownBy(() -> parse("other", skill("my-skill", "")))
        .hasMessage("SKILL.md:2: name \"my-skill\" must be the name of its folder, \"other\"");
  }

  @Test
  void unknownKeysAreNamed() {
    assertThatThrownBy(() -> parse("a", skill("a", "model: x\nversion: 1\n")))
        .hasMessageContaining("SKILL.md:4: unknown key \"model\" in the front matter")
        .hasMessageContaining("SKILL.md:5: unknown key \"version\"");
  }

  @Test
  void lengthsAreLimited() {
    String text = "---\nname: a\ndescription: " + "x".repeat(1025) + "\n---\n";
    assertThatThrownBy(() -> parse("a", text)).hasMessageContaining("SKILL.md:3: description is");
    assertThatThrownBy(() -> parse("a", skill("a", "compatibility: " + "x".repeat(501) + "\n")))
        .hasMessageContaining("SKILL.md:4: compatibility is 501");
    assertThat(parse("a", skill("a", "compatibility: " + "x".repeat(500) + "\n")).compatibility())
        .isPresent();
  }

  @Test
  void nameAndDescriptionAreNeeded() {
    assertThatThrownBy(() -> parse("a", "---\nlicense: MIT\n---\n"))
        .hasMessageContaining("lacks \"name\"")
        .hasMessageContaining("lacks \"description\"");
    assertThatThrownBy(() -> parse("a", "---\nname: a\ndescription: '  '\n---\n"))
        .hasMessageContaining("SKILL.md:3: \"description\" must be a text");
    assertThatThrownBy(() -> parse("a", "---\nname: [a]\ndescription: b\n---\n"))
        .hasMessageContaining("SKILL.md:2: \"name\" must be a text");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # No front matter                | must start with YAML front matter
          ---\\nname: a\\ndescription: b\\n  | not closed
          ---\\n- just\\n- a\\n---\\n          | must be a mapping, not a list
          ---\\nname: [invalid\\n---\\n       | invalid YAML
          """)
  void brokenFrontMatter(String text, String message) {
    assertThatThrownBy(() -> parse("a", text.replace("\\n", "\n")))
        .isInstanceOf(AgentException.class)
        .hasMessageStartingWith("SKILL.md:")
        .hasMessageContaining(message);
  }
}
