package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.spi.Change;
import dev.paddock.core.spi.Resource;
import dev.paddock.server.spi.Caller;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.Reply;
import dev.paddock.server.spi.Request;
import dev.paddock.server.spi.Route;
import dev.paddock.server.spi.ServerException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** {@code /v1/skills} and their versions, which never change. */
final class SkillsResource {
  private final Platform platform;
  private final Records records;

  SkillsResource(Platform platform, Records records) {
    this.platform = platform;
    this.records = records;
  }

  List<Route> routes() {
    String version = "/v1/skills/{id}/versions/{version}";
    return List.of(
        Route.post("/v1/skills", this::create).with(Route.Limits.UPLOAD),
        Route.get("/v1/skills", this::list),
        Route.get("/v1/skills/{id}", this::retrieve),
        Route.delete("/v1/skills/{id}", this::delete),
        Route.post("/v1/skills/{id}/versions", this::createVersion).with(Route.Limits.UPLOAD),
        Route.get("/v1/skills/{id}/versions", this::versions),
        Route.get(version, this::retrieveVersion),
        Route.delete(version, this::deleteVersion),
        Route.get(version + "/content", this::download));
  }

  private Reply create(Request request) throws IOException {
    SkillUpload upload = SkillUpload.read(request, platform.blobs(), true);
    String id = Ids.next("skill");
    String now = records.now();
    ObjectNode version = version(id, upload, now);
    ObjectNode skill = Json.object().put("id", id).put("type", "skill");
    skill.put("display_name", upload.displayName().orElse(upload.name()));
    skill.put("latest_version_id", version.path("id").asText());
    skill.putObject("source").put("type", "custom");
    skill.put("name", upload.name()).put("created_at", now).put("updated_at", now);
    records.apply(
        List.of(
            Records.create(request.caller(), SkillWire.SKILL, skill, id),
            createVersion(request.caller(), id, version)));
    return Reply.ok(wire(skill));
  }

  private static Change createVersion(Caller caller, String skill, ObjectNode version) {
    return Records.create(
        caller, SkillWire.VERSION, version, Records.within(skill, version.path("id").asText()));
  }

  private static ObjectNode version(String skill, SkillUpload upload, String now) {
    ObjectNode version = Json.object().put("id", Ids.next("skillver"));
    version.put("type", "skill_version").put("skill_id", skill);
    version.put("name", upload.name()).put("description", upload.description());
    version.put("created_at", now).set("files", upload.filesJson());
    return version;
  }

  private static ObjectNode wire(JsonNode skill) {
    ObjectNode wire = skill.deepCopy();
    return wire.without("name");
  }

  private static ObjectNode versionWire(JsonNode version) {
    ObjectNode wire = version.deepCopy();
    return wire.without("files");
  }

  private Resource skill(Request request) {
    return records.get(request.caller(), SkillWire.SKILL, request.parameter("id"));
  }

  private Resource version(Request request) {
    Resource skill = skill(request);
    String id = request.parameter("version");
    return records.get(
        request.caller(),
        SkillWire.VERSION,
        skill.id(),
        id.equals("latest") ? skill.document().path("latest_version_id").asText() : id);
  }

  private Reply list(Request request) {
    boolean custom =
        new Query(request.head())
            .word("source", "custom", "anthropic", "anthropic_example", "plugin")
            .orElse("custom")
            .equals("custom");
    return custom
        ? records.list(
            request,
            Records.filter(request.caller(), SkillWire.SKILL),
            skill -> wire(skill.document()))
        : Records.page(List.of(), Optional.empty());
  }

  private Reply retrieve(Request request) {
    return Reply.ok(wire(skill(request).document()));
  }

  private Reply delete(Request request) {
    String id = skill(request).id();
    records.deleteWhole(request.caller(), SkillWire.SKILL, id, SkillWire.VERSION);
    return Records.deleted(id, "skill_deleted");
  }

  private Reply createVersion(Request request) throws IOException {
    Resource asked = skill(request);
    SkillUpload upload = SkillUpload.read(request, platform.blobs(), false);
    String slug = asked.document().path("name").asText();
    if (!slug.equals(upload.name())) {
      throw ServerException.invalid(
          "files", "the skill is \"%s\", these are files of \"%s\"".formatted(slug, upload.name()));
    }
    ObjectNode version = version(asked.id(), upload, records.now());
    Records.retrying(
        () -> {
          Resource stored = skill(request);
          ObjectNode changed = stored.document().deepCopy();
          changed.put("latest_version_id", version.path("id").asText());
          changed.put("updated_at", records.now());
          return records.apply(
              List.of(
                  Records.update(stored, changed),
                  createVersion(request.caller(), stored.id(), version)));
        });
    return Reply.ok(versionWire(version));
  }

  private Reply versions(Request request) {
    return records.list(
        request,
        Records.within(request.caller(), SkillWire.VERSION, skill(request).id()),
        version -> versionWire(version.document()));
  }

  private Reply retrieveVersion(Request request) {
    return Reply.ok(versionWire(version(request).document()));
  }

  private Reply deleteVersion(Request request) {
    String deleted =
        Records.retrying(
            () -> {
              Resource stored = skill(request);
              Resource version = version(request);
              List<Resource> all =
                  records.all(Records.within(request.caller(), SkillWire.VERSION, stored.id()));
              if (all.size() == 1) {
                throw new ServerException(
                    ErrorCode.INVALID_REQUEST,
                    "a skill keeps at least one version; delete the skill instead");
              }
              ObjectNode changed = stored.document().deepCopy();
              all.stream()
                  .filter(other -> !other.id().equals(version.id()))
                  .findFirst()
                  .ifPresent(
                      newest ->
                          changed.put("latest_version_id", newest.document().path("id").asText()));
              records.apply(List.of(Records.update(stored, changed), Records.delete(version)));
              return version.document().path("id").asText();
            });
    return Records.deleted(deleted, "skill_version_deleted");
  }

  private Reply download(Request request) throws IOException {
    JsonNode version = version(request).document();
    String name = version.path("name").asText();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, JsonNode> file : version.path("files").properties()) {
        zip.putNextEntry(new ZipEntry(name + "/" + file.getKey()));
        try (InputStream content =
            platform
                .blobs()
                .open(file.getValue().asText())
                .orElseThrow(() -> ServerException.notFound("the skill's files are gone"))) {
          content.transferTo(zip);
        }
        zip.closeEntry();
      }
    }
    return Reply.download(
        "application/zip", new ByteArrayInputStream(bytes.toByteArray()), bytes.size());
  }
}
