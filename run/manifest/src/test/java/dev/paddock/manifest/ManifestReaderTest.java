package dev.paddock.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paddock.core.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ManifestReaderTest {
  private static String file(String key) {
    return "{\"entries\":{\"%s\":{\"type\":\"file\",\"content\":\"x\"}}}".formatted(key);
  }

  private static String entry(String fields) {
    return "{\"entries\":{\"data/x\":{%s}}}".formatted(fields);
  }

  private static void wrong(String json, String message) {
    assertThatThrownBy(() -> ManifestReader.read(json))
        .isInstanceOf(ManifestException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void readsEveryKindOfEntry() {
    WorkspaceManifest manifest =
        ManifestReader.read(
            """
            {"entries": {
              "a.txt": {"type": "file", "content": "hello"},
              "d": {"type": "dir", "ephemeral": true,
                "children": {"n": {"type": "local_file", "src": "n.txt"},
                  "e": {"type": "local_dir"}}},
              "repo": {"type": "git_repo", "repo": "o/n", "ref": "main", "subpath": "src"},
              "s3": {"type": "s3_mount", "bucket": "b", "mount_path": "/workspace/in/s3",
                "mount_strategy": {"type": "docker_volume", "driver": "rclone"}}},
             "environment": {"value": {"A": "1", "B": {"value": "2"},
               "C": {"value": {"type": "str", "value": "3"}, "description": "c"}}},
             "users": [{"name": "ann"}],
             "groups": [{"name": "staff", "users": [{"name": "ann"}]}],
             "extra_path_grants": [{"path": "/mnt/data", "host_path": "/srv/data"}]}
            """);
    assertThat(manifest.placed().stream().map(PlacedEntry::path))
        .containsExactlyInAnyOrder("a.txt", "d", "d/n", "d/e", "repo", "in/s3");
    assertThat(manifest.ephemeral()).containsExactlyInAnyOrder("d", "in/s3");
    assertThat(manifest.variables()).containsEntry("C", "3").hasSize(3);
    assertThat(manifest.extraPathGrants().getFirst().source()).isEqualTo("/srv/data");
    assertThat(ManifestReader.read(ManifestWriter.json(manifest))).isEqualTo(manifest);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "../x                | entries.\"../x\": \"../x\" leads upwards",
        "a/../../x           | entries.\"a/../../x\": \"a/../../x\" leads upwards",
        "/etc/passwd         | entries.\"/etc/passwd\": \"/etc/passwd\" is absolute",
        "C:/x                | entries.\"C:/x\": \"C:/x\" is absolute",
        "a\\\\..\\\\x        | entries.\"a\\..\\x\": \"a\\..\\x\" has a backslash",
        "a\\u0000b           | entries.\"a\ufffdb\": \"a\ufffdb\" has a control character",
        "a\\nb               | entries.\"a\ufffdb\": \"a\ufffdb\" has a control character",
        "a\\u202eb           | entries.\"a\u202eb\": \"a\u202eb\" has a control character",
        "./.                 | entries.\"./.\": \"./.\" names nothing",
        "``                  | entries.\"\": \"\" names nothing"
      })
  void pathsThatLeadElsewhereAreRefused(String key, String message) {
    wrong(file(key), message);
  }

  @Test
  void aPathIsLimitedInLengthAndDepth() {
    wrong(file("n".repeat(256)), "entries.\"nnn");
    wrong(file("d/".repeat(64) + "f"), "entries.\"d/d/");
    StringBuilder deep = new StringBuilder();
    deep.append("{\"entries\":");
    for (int i = 0; i < 70; i++) {
      deep.append("{\"d\":{\"type\":\"dir\",\"children\":");
    }
    deep.append("{}").append("}}".repeat(70)).append("}");
    wrong(deep.toString(), "entries.\"d\".children.\"d\"");
    wrong("[".repeat(300) + "]".repeat(300), "invalid JSON: Document nesting depth");
  }

  @Test
  void noTwoEntriesHaveOnePath() {
    wrong(
        "{\"entries\":{\"a/b\":{\"type\":\"dir\"},\"a//./b\":{\"type\":\"dir\"}}}",
        "entries.\"a//./b\": entries.\"a/b\" has the same path, \"a/b\"");
    wrong(
        "{\"entries\":{\"a\":{\"type\":\"dir\",\"children\":{\"b\":{\"type\":\"dir\"}}},"
            + "\"a/b\":{\"type\":\"file\",\"content\":\"\"}}}",
        "entries.\"a/b\": entries.\"a\".children.\"b\" has the same path");
    wrong(
        "{\"entries\":{\"a\":{\"type\":\"dir\"},\"a\":{\"type\":\"dir\"}}}",
        "invalid JSON: Duplicate field 'a'");
    wrong(
        "{\"entries\":{\"a\":{\"type\":\"file\",\"content\":\"\"},\"a/b\":{\"type\":\"dir\"}}}",
        "entries.\"a/b\": lies below entries.\"a\", a file");
    assertThat(
            ManifestReader.read("{\"entries\":{\"a\":{\"type\":\"dir\"},\"A\":{\"type\":\"dir\"}}}")
                .placed())
        .as("Linux tells capitals apart")
        .hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"type\":\"file\"                                       | content: must be a text, not missing",
        "\"type\":\"file\",\"content\":7                         | content: must be a text, not a number",
        "\"type\":\"file\",\"content\":\"\",\"mode\":7           | there is no field \"mode\" here",
        "\"type\":\"exe\"                                        | type: \"exe\" is not known",
        "\"type\":\"dir\",\"children\":[]                        | children: must be an object, not a list",
        "\"type\":\"dir\",\"permissions\":{\"owner\":8}          | permissions.owner: must be a whole number from 0 to 7",
        "\"type\":\"dir\",\"permissions\":{\"owner\":\"7\"}      | permissions.owner: must be a whole number",
        "\"type\":\"dir\",\"ephemeral\":\"yes\"                  | ephemeral: must be true or false, not a text",
        "\"type\":\"dir\",\"group\":{\"name\":\"a b\"}           | group.name: must begin with a small letter",
        "\"type\":\"git_repo\",\"repo\":\"o/n\"                  | ref: must be there",
        "\"type\":\"git_repo\",\"repo\":\"o/../n\",\"ref\":\"m\" | repo: must be a path at the host",
        "\"type\":\"git_repo\",\"repo\":\"o/n\",\"ref\":\"-x\"   | ref: must be a branch",
        "\"type\":\"git_repo\",\"host\":\"h@x\",\"repo\":\"o/n\",\"ref\":\"m\" | host: must be a host's name",
        "\"type\":\"git_repo\",\"repo\":\"o/n\",\"ref\":\"m\",\"subpath\":\"../x\" | subpath: \"../x\" leads upwards",
        "\"type\":\"s3_mount\",\"bucket\":\"b\"                  | mount_strategy: must be there",
        "\"type\":\"s3_mount\",\"bucket\":\"b\\ntype = local\"   | bucket: has a line break"
      })
  void anErrorNamesTheField(String fields, String message) {
    String whole = message.startsWith("there") ? ": " + message : "." + message;
    wrong(entry(fields), "entries.\"data/x\"" + whole);
  }

  @Test
  void theRestOfAManifestIsCheckedToo() {
    wrong("[]", "must be an object, not a list");
    wrong("{\"version\":2}", "version: must be a whole number from 1 to 1");
    wrong("{\"entry\":{}}", "there is no field \"entry\" here");
    wrong("{\"users\":[{\"name\":\"a\"},{\"name\":\"a\"}]}", "users[1]: stands here twice");
    wrong("{\"groups\":[{\"name\":\"g\"}]}", "groups[0].users: must be there");
    wrong("{\"environment\":{\"A\":\"b\"}}", "environment: there is no field \"A\"");
    wrong("{\"environment\":{\"value\":{\"A=B\":\"c\"}}}", "environment.value.\"A=B\": is no name");
    wrong(
        "{\"environment\":{\"value\":{\"A\":\"b\\u0000\"}}}",
        "environment.value.\"A\": has a zero");
    wrong("{\"extra_path_grants\":[{\"path\":\"/\"}]}", "extra_path_grants[0].path: \"\" names");
    wrong(
        "{\"extra_path_grants\":[{\"path\":\"/mnt/../etc\"}]}",
        "extra_path_grants[0].path: \"mnt/../etc\" leads upwards");
  }

  @Test
  void sizesAndCountsAreLimited() {
    StringBuilder many = new StringBuilder("{\"entries\":{");
    for (int i = 0; i <= 10_000; i++) {
      many.append(i == 0 ? "" : ",").append("\"e%d\":{\"type\":\"dir\"}".formatted(i));
    }
    wrong(many.append("}}").toString(), "entries: more than 10,000 entries");
    wrong(
        entry("\"type\":\"file\",\"content\":\"" + "x".repeat((16 << 20) + 1) + "\""),
        "entries.\"data/x\".content: all files together have more than");
    wrong(" ".repeat(ManifestReader.MAX_BYTES + 1), "a manifest has at most");
  }

  @Test
  void whatIsNullCountsAsAbsentWhereTheSdkTakesIt() {
    WorkspaceManifest manifest =
        ManifestReader.read(
            "{\"entries\":{\"d\":{\"type\":\"dir\",\"children\":null,\"description\":null,"
                + "\"group\":null}}}");
    assertThat(Json.write(ManifestWriter.json(manifest))).contains("\"description\":null");
    assertThat(ManifestReader.read("{\"entries\":null}")).isEqualTo(WorkspaceManifest.EMPTY);
  }
}
