using System;
using System.Collections.Generic;
using System.Text;
using System.Text.Json;

namespace PulseRun.Client.Json;

/// <summary>Describes one field of the API's instance object (docs/dev/api.md): its name, how it is read, and where its value is kept. A field is listed here and in the model, and nowhere else in the client.</summary>
internal abstract class InstanceField
{
    private static readonly List<InstanceField> s_all = [];

    public static readonly InstanceField Id = Text("id", static (ref row) => ref row.Id);

    public static readonly InstanceField Status = Pooled("status", static (ref row) => ref row.Status);

    static InstanceField()
    {
        Pooled("gpu", static (ref row) => ref row.Gpu);
        Pooled("gpu_name", static (ref row) => ref row.GpuName);
        Pooled("provider", static (ref row) => ref row.Provider);
        Pooled("region", static (ref row) => ref row.Region);
        Text("ip", static (ref row) => ref row.Ip);
        Text("ssh_command", static (ref row) => ref row.SshCommand);
        Add<string?>("jupyter_url", static (ref row) => ref row.JupyterUrl, static (reader, ref json, out value) => reader.TryAddress(ref json, out value));
        Add<decimal?>("cost_per_hour", static (ref row) => ref row.CostPerHour, static (_, ref json, out value) => LenientJson.TryMoney(ref json, out value));
        Pooled("template", static (ref row) => ref row.Template);
        Add<bool?>("spot", static (ref row) => ref row.Spot, static (_, ref json, out value) => LenientJson.TryFlag(ref json, out value));
        Date("started_at", static (ref row) => ref row.StartedAt);
        Date("created_at", static (ref row) => ref row.CreatedAt);
        All = s_all.ToArray();
    }

    private InstanceField(string name)
    {
        Name = name;
        Utf8 = Encoding.UTF8.GetBytes(name);
        Index = s_all.Count;
        s_all.Add(this);
    }

    private delegate ref T Slot<T>(ref InstanceValues row);

    private delegate bool Taker<T>(InstanceReader reader, ref Utf8JsonReader json, out T value);

    /// <summary>Gets all fields, in the order of <see cref="Index"/>.</summary>
    public static InstanceField[] All { get; }

    /// <summary>Gets the bits of all fields.</summary>
    public static int AllBits => (1 << All.Length) - 1;

    /// <summary>Gets the name in the JSON.</summary>
    public string Name { get; }

    public byte[] Utf8 { get; }

    public int Index { get; }

    /// <summary>Gets the bit of this field in <see cref="Instance.Fields"/>.</summary>
    public int Bit => 1 << Index;

    /// <summary>Returns the field with a name; null for an unknown one. The fields of an object usually come in the same order, so that of the last object is tried first.</summary>
    /// <param name="json">The reader, at a property name.</param>
    /// <param name="next">The index of the field to try first. Afterwards the index that follows the field that was found.</param>
    public static InstanceField? Find(ref Utf8JsonReader json, ref int next)
    {
        for (int tried = 0; tried < All.Length; tried++, next++)
        {
            if (next == All.Length)
                next = 0;
            var field = All[next];
            if (field.Utf8.Length == json.ValueSpan.Length && json.ValueTextEquals(field.Utf8))
            {
                next++;
                return field;
            }
        }
        return null;
    }

    /// <summary>Returns the values of one object, replaced by those of another where it has them.</summary>
    public static InstanceValues Merge(InstanceValues known, InstanceValues newer, int newerFields)
    {
        foreach (var field in All)
        {
            if ((newerFields & field.Bit) != 0)
                field.Copy(ref newer, ref known);
        }
        return known;
    }

    /// <summary>Reads the value. Returns false when it has another type than the field.</summary>
    public abstract bool TryTake(InstanceReader reader, ref Utf8JsonReader json, ref InstanceValues row);

    protected abstract void Copy(ref InstanceValues from, ref InstanceValues to);

    private static Field<string?> Text(string name, Slot<string?> slot) => Add(name, slot, static (reader, ref json, out value) => reader.TryText(ref json, out value));

    private static Field<string?> Pooled(string name, Slot<string?> slot) => Add(name, slot, static (reader, ref json, out value) => reader.TryPooled(ref json, out value));

    private static Field<DateTimeOffset?> Date(string name, Slot<DateTimeOffset?> slot) => Add(name, slot, static (_, ref json, out value) => LenientJson.TryDate(ref json, out value));

    private static Field<T> Add<T>(string name, Slot<T> slot, Taker<T> take) => new(name, slot, take);

    private sealed class Field<T>(string name, Slot<T> slot, Taker<T> take) : InstanceField(name)
    {
        public override bool TryTake(InstanceReader reader, ref Utf8JsonReader json, ref InstanceValues row) => take(reader, ref json, out slot(ref row));

        protected override void Copy(ref InstanceValues from, ref InstanceValues to) => slot(ref to) = slot(ref from);
    }
}
