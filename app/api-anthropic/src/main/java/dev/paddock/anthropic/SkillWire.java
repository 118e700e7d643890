package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.paddock.agent.SessionDocument;
import dev.paddock.core.Json;
import dev.paddock.core.spi.Resource;
import dev.paddock.server.spi.Caller;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code skills} of an agent: pins versions, and finds their files when a session starts. */
record SkillWire(Records records) {
  static final String SKILL = "skill";
  static final String VERSION = "skill_version";
  private static final int MAX_SKILLS = 20;

  ArrayNode read(Fields fields, Caller caller) {
    ArrayNode skills = Json.mapper().createArrayNode();
    Set<String> seen = new HashSet<>();
    for (Fields skill : fields.objects("skills", MAX_SKILLS)) {
      skill.only("type", "skill_id", "version");
      String id = skill.requiredText("skill_id", 128);
      if (skill.requiredWord("type", "custom", "anthropic").equals("anthropic")) {
        throw skill.invalid(
            "type",
            "Anthropic's own skills, such as \"%s\", are not offered here; upload the skill and use it as \"custom\""
                .formatted(Texts.shortened(id)));
      }
      Resource stored =
          records
              .find(caller, SKILL, id)
              .orElseThrow(
                  () -> skill.invalid("skill_id", Records.unknown(SKILL, id).getMessage()));
      String name = stored.document().path("name").asText();
      if (!seen.add(name)) {
        throw skill.invalid("skill_id", "there are two skills \"%s\"".formatted(name));
      }
      skills
          .addObject()
          .put("type", "custom")
          .put("skill_id", id)
          .put("version", version(skill, stored, caller));
    }
    return skills;
  }

  private String version(Fields skill, Resource stored, Caller caller) {
    Optional<String> asked =
        skill.text("version", 128).filter(version -> !version.equals("latest"));
    if (asked.isEmpty()) {
      return stored.document().path("latest_version_id").asText();
    }
    if (!Ids.plausible(asked.get())
        || records.find(caller, VERSION, Records.within(stored.id(), asked.get())).isEmpty()) {
      throw skill.invalid(
          "version", "the skill has no version \"%s\"".formatted(Texts.shortened(asked.get())));
    }
    return asked.get();
  }

  /** The files of the skills that an agent names; one whose version was deleted is an error. */
  List<SessionDocument.Skill> files(JsonNode agent, Caller caller) {
    List<SessionDocument.Skill> skills = new ArrayList<>();
    for (JsonNode skill : agent.path("skills")) {
      JsonNode version =
          records
              .get(caller, VERSION, skill.path("skill_id").asText(), skill.path("version").asText())
              .document();
      Map<String, String> files = new LinkedHashMap<>();
      version
          .path("files")
          .properties()
          .forEach(file -> files.put(file.getKey(), file.getValue().asText()));
      skills.add(
          new SessionDocument.Skill(
              version.path("name").asText(), version.path("description").asText(), files));
    }
    return skills;
  }
}
