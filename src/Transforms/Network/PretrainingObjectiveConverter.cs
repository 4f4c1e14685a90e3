using System.Text.Json;
using System.Text.Json.Serialization;

namespace IGptMl.Network;

/// <summary>Objectives by their names in json, "autoregressive" and "masked"; numbers are no names.</summary>
internal sealed class PretrainingObjectiveConverter() : JsonStringEnumConverter<PretrainingObjective>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);
