package dev.paddock.node;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The JSON form of OTLP, an {@code ExportTraceServiceRequest}; see the OpenTelemetry Protocol 1.x,
 * "JSON Protobuf Encoding": ids in hexadecimal, 64-bit numbers as text.
 */
final class OtlpJson {
  private static final int STATUS_ERROR = 2;

  private OtlpJson() {}

  static ObjectNode request(List<Span> spans, String service) {
    ObjectNode request = Json.object();
    ObjectNode resource = request.putArray("resourceSpans").addObject();
    attribute(resource.putObject("resource").putArray("attributes"), "service.name", service);
    ObjectNode scope = resource.putArray("scopeSpans").addObject();
    scope.putObject("scope").put("name", "dev.paddock");
    ArrayNode all = scope.putArray("spans");
    spans.forEach(span -> all.add(span(span)));
    return request;
  }

  private static ObjectNode span(Span span) {
    ObjectNode node =
        Json.object()
            .put("traceId", span.traceId())
            .put("spanId", span.spanId())
            .put("name", span.name())
            .put("kind", span.kind().number())
            .put("startTimeUnixNano", nanos(span.start()))
            .put("endTimeUnixNano", nanos(span.end()));
    span.parentId().ifPresent(parent -> node.put("parentSpanId", parent));
    ArrayNode attributes = node.putArray("attributes");
    for (Map.Entry<String, Object> entry : span.attributes().entrySet()) {
      attribute(attributes, entry.getKey(), entry.getValue());
    }
    span.error()
        .ifPresent(
            error -> {
              attribute(attributes, "error.type", error);
              node.putObject("status").put("code", STATUS_ERROR).put("message", error);
            });
    return node;
  }

  private static void attribute(ArrayNode attributes, String key, Object value) {
    ObjectNode attribute = attributes.addObject().put("key", key);
    value(attribute.putObject("value"), value);
  }

  private static void value(ObjectNode node, Object value) {
    switch (value) {
      case Long number -> node.put("intValue", Long.toString(number));
      case Double number -> node.put("doubleValue", number);
      case List<?> list -> {
        ArrayNode values = node.putObject("arrayValue").putArray("values");
        list.forEach(each -> value(values.addObject(), each));
      }
      default -> node.put("stringValue", value.toString());
    }
  }

  private static String nanos(Instant time) {
    return Long.toString(
        Math.addExact(Math.multiplyExact(time.getEpochSecond(), 1_000_000_000L), time.getNano()));
  }
}
