package dev.paddock.gemini;

import dev.paddock.core.spi.WorkspaceFiles;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an agent's model is told first: what it is, the agent's own instructions, and what lies in
 * the environment to instruct it: {@code AGENTS.md} and skills.
 */
final class Instructions {
  private static final String GENERAL =
      """
      You are an agent that does work for its user. You work in a Linux sandbox; its working \
      directory is /workspace, and what you write there stays for later. It may hold earlier work: \
      look before you begin. Run programs with bash, read and change files with the file tools. \
      Check what you did before you say that it is done, and say plainly what you could not do.""";

  private static final int LONGEST = 64 << 10;
  private static final int LONGEST_LINE = 1024;
  private static final int MOST_SKILLS = 50;
  private static final List<String> GUIDES = List.of("AGENTS.md", ".agents/AGENTS.md");
  private static final List<String> SKILLS =
      List.of(".agents/skills/*/SKILL.md", "skills/*/SKILL.md");
  private static final Pattern FRONT_MATTER =
      Pattern.compile("\\A---\\R(.*?)\\R---", Pattern.DOTALL);
  private static final Pattern LINE =
      Pattern.compile("^(name|description):\\s*[\"']?(.*?)[\"']?\\s*$", Pattern.MULTILINE);

  private Instructions() {}

  static String of(
      Optional<String> agent, Optional<String> request, Optional<WorkspaceFiles> workspace) {
    StringBuilder out = new StringBuilder(GENERAL);
    agent.ifPresent(text -> out.append("\n\n").append(text.strip()));
    request.ifPresent(text -> out.append("\n\n").append(text.strip()));
    workspace.ifPresent(
        files -> {
          guide(files).ifPresent(text -> out.append("\n\n").append(text.strip()));
          out.append(skills(files));
        });
    return out.toString();
  }

  private static Optional<String> guide(WorkspaceFiles files) {
    return GUIDES.stream()
        .filter(path -> isShortFile(files, path))
        .findFirst()
        .map(path -> text(files, path));
  }

  private static boolean isShortFile(WorkspaceFiles files, String path) {
    return files
        .entry(path)
        .filter(entry -> !entry.isFolder() && entry.size() <= LONGEST)
        .isPresent();
  }

  private static String text(WorkspaceFiles files, String path) {
    return new String(files.read(path, LONGEST), StandardCharsets.UTF_8);
  }

  /** Named here, read by the agent when it needs one. */
  private static String skills(WorkspaceFiles files) {
    StringBuilder out = new StringBuilder();
    SKILLS.stream()
        .flatMap(pattern -> files.glob(pattern).stream())
        .limit(MOST_SKILLS)
        .filter(path -> isShortFile(files, path))
        .forEach(path -> skill(path, text(files, path)).ifPresent(out::append));
    return out.isEmpty()
        ? ""
        : "\n\nSkills. When a task fits one, read its file before you begin:" + out;
  }

  private static Optional<String> skill(String path, String text) {
    Matcher front = FRONT_MATTER.matcher(text);
    if (!front.find()) {
      return Optional.empty();
    }
    String name = "";
    String description = "";
    Matcher line = LINE.matcher(front.group(1));
    while (line.find()) {
      String value = line.group(2);
      value = value.length() > LONGEST_LINE ? value.substring(0, LONGEST_LINE) : value;
      if (line.group(1).equals("name")) {
        name = value;
      } else {
        description = value;
      }
    }
    return Optional.of("\n- %s (/workspace/%s): %s".formatted(name, path, description));
  }
}
