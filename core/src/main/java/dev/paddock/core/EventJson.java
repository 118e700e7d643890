package dev.paddock.core;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.Module;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import dev.paddock.core.EventTypes.EventShape;
import dev.paddock.core.EventTypes.Field;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Reads and writes session events; a type it does not know stays raw. */
final class EventJson {
  private static final String THREAD = "session.thread_";
  private static final String THREAD_ID = "session_thread_id";

  private EventJson() {}

  static Module module() {
    return new SimpleModule("session-events")
        .addDeserializer(SessionEvent.class, new Reader())
        .addSerializer(SessionEvent.class, new Writer());
  }

  private static final class Reader extends StdDeserializer<SessionEvent> {
    private static final long serialVersionUID = 1L;

    Reader() {
      super(SessionEvent.class);
    }

    @Override
    public SessionEvent deserialize(JsonParser in, DeserializationContext context)
        throws IOException {
      if (!(context.readTree(in) instanceof ObjectNode raw)) {
        throw JsonMappingException.from(in, "an event is a JSON object");
      }
      JsonNode type = raw.get("type");
      if (type == null || !type.isTextual()) {
        throw JsonMappingException.from(in, "an event needs a \"type\"");
      }
      Optional<EventShape> known = EventTypes.find(type.textValue());
      if (known.isPresent()) {
        requireFields(in, raw, known.get());
        return in.getCodec().treeToValue(raw, known.get().type());
      }
      EventId id = new EventId(raw.path("id").asText());
      JsonNode thread = raw.path(THREAD_ID);
      if (type.textValue().startsWith(THREAD) && thread.isTextual()) {
        ObjectNode fields = raw.deepCopy();
        fields.remove(List.of("id", "type", THREAD_ID));
        return new SessionEvent.ThreadChanged(id, type.textValue(), thread.textValue(), fields);
      }
      return new SessionEvent.Unknown(id, type.textValue(), raw);
    }

    private static void requireFields(JsonParser in, ObjectNode raw, EventShape shape)
        throws IOException {
      if (!raw.path("id").isTextual()) {
        throw JsonMappingException.from(in, "%s needs \"id\"".formatted(shape.name()));
      }
      for (Field field : shape.fields()) {
        if (field.required() && !raw.hasNonNull(field.name())) {
          throw JsonMappingException.from(
              in, "%s needs \"%s\"".formatted(shape.name(), field.name()));
        }
      }
    }
  }

  private static final class Writer extends StdSerializer<SessionEvent> {
    private static final long serialVersionUID = 1L;

    Writer() {
      super(SessionEvent.class);
    }

    @Override
    public void serialize(SessionEvent event, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      switch (event) {
        case SessionEvent.Unknown unknown -> provider.defaultSerializeValue(unknown.raw(), out);
        case SessionEvent.ThreadChanged changed -> {
          ObjectNode node =
              Json.object().put("id", changed.id().value()).put("type", changed.type());
          node.put(THREAD_ID, changed.threadId());
          node.setAll(changed.fields());
          provider.defaultSerializeValue(node, out);
        }
        default -> writeRecord(event, out, provider);
      }
    }

    private static void writeRecord(
        SessionEvent event, JsonGenerator out, SerializerProvider provider) throws IOException {
      EventShape shape = EventTypes.shapeOf(event);
      out.writeStartObject();
      out.writeStringField("id", event.id().value());
      out.writeStringField("type", shape.name());
      for (Field field : shape.fields()) {
        Optional<?> value = field.valueIn(event);
        if (value.isPresent()) {
          out.writeFieldName(field.name());
          serializer(field, value.get(), provider).serialize(value.get(), out, provider);
        }
      }
      out.writeEndObject();
    }

    // A list knows its elements' type only by its declaration, a sealed value only by its class.
    private static JsonSerializer<Object> serializer(
        Field field, Object value, SerializerProvider provider) throws JsonMappingException {
      return field.type() instanceof Class<?>
          ? provider.findTypedValueSerializer(value.getClass(), true, null)
          : provider.findTypedValueSerializer(provider.constructType(field.type()), true, null);
    }
  }
}
