using System;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using PulseRun.Client.Json;
using PulseRun.Client.Resources;
using PulseRun.Client.Tests.Support;
using Xunit;

namespace PulseRun.Client.Tests.Json;

public class InstanceFieldTests
{
    [Fact]
    public void Each_value_of_the_model_is_one_row_of_the_table()
    {
        var values = typeof(InstanceValues).GetFields(BindingFlags.Instance | BindingFlags.Public).Select(static field => field.Name).ToList();
        Assert.Equal(values, InstanceField.All.Select(static field => Property(field.Name)));
        Assert.Equal(InstanceField.All.Select(static field => 1 << field.Index), InstanceField.All.Select(static field => field.Bit));
        foreach (string name in values)
            Assert.NotNull(typeof(Instance).GetProperty(name));
    }

    [Fact]
    public void Each_property_has_a_value_of_its_own()
    {
        foreach (var one in InstanceField.All)
        {
            var property = typeof(Instance).GetProperty(Property(one.Name))!;
            object value = Sample(property.PropertyType);
            var instance = new Instance();
            property.SetValue(instance, value);
            Assert.Equal(value, property.GetValue(instance));
            Assert.All(
                InstanceField.All.Where(other => other != one && other.Name != "id"),
                other => Assert.Null(typeof(Instance).GetProperty(Property(other.Name))!.GetValue(instance)));
        }
    }

    [Fact]
    public void A_merge_takes_what_the_answer_has_and_keeps_the_rest()
    {
        foreach (var one in InstanceField.All.Where(static field => field.Name != "id"))
        {
            var property = typeof(Instance).GetProperty(Property(one.Name))!;
            var known = new Instance { Id = "inst_1" };
            var answer = new Instance { Id = "inst_2", Fields = one.Bit };
            foreach (var field in InstanceField.All.Where(static field => field.Name != "id"))
            {
                var each = typeof(Instance).GetProperty(Property(field.Name))!;
                each.SetValue(known, Sample(each.PropertyType));
            }
            var merged = InstanceMerge.Over(known, answer);
            Assert.Equal("inst_1", merged.Id);
            Assert.Equal(one.Bit, merged.Fields);
            Assert.Null(property.GetValue(merged));
            Assert.All(
                InstanceField.All.Where(field => field != one && field.Name != "id"),
                field => Assert.Equal(typeof(Instance).GetProperty(Property(field.Name))!.GetValue(known), typeof(Instance).GetProperty(Property(field.Name))!.GetValue(merged)));
        }
    }

    [Fact]
    public void A_copy_with_another_state_keeps_everything_else()
    {
        var known = new Instance { Id = "inst_1", Status = "running", Gpu = "a100", CostPerHour = 1.5m, Spot = true, Fields = 7 };
        var copy = known.WithStatus("stopped");
        Assert.Equal("running", known.Status);
        Assert.Equal(known.Values with { Status = "stopped" }, copy.Values);
        Assert.Equal(7, copy.Fields);
    }

    [Fact]
    public async Task Fields_in_any_order_are_read_in_each_row()
    {
        string row = Samples.Instance();
        string[] members = Regex.Matches(row.Trim().TrimStart('{').TrimEnd('}'), "\"[a-z_]+\":(?:\"[^\"]*\"|[^,\"]+)").Cast<Match>().Select(static match => match.Value.Trim()).ToArray();
        Assert.True(members.Length >= 10, row);
        string[] rows = Enumerable.Range(0, members.Length)
            .Select(shift => "{" + string.Join(",", members.Skip(shift).Concat(members.Take(shift)).Select(member => member.StartsWith("\"id\"", StringComparison.Ordinal) ? "\"id\":\"inst_" + shift + "\"" : member).Reverse()) + "}")
            .ToArray();
        using var rig = new Rig(new Stub(() => Stub.Json("[" + row + "," + string.Join(",", rows) + "]")));
        var read = await rig.ListAsync();
        Assert.Equal(rows.Length + 1, read.Count);
        Assert.All(read.Skip(1), instance => Assert.Equal(read[0].Values with { Id = null }, instance.Values with { Id = null }));
        Assert.All(read, instance => Assert.Equal(read[0].Fields, instance.Fields));
    }

#if NET
    /// <summary>A new field of the API is added to the model, the table of the client, the JSON of the emulator and the view. The emulator's simulation has a model of its own.</summary>
    [Fact]
    public void The_fields_of_an_instance_are_listed_in_four_files_at_most()
    {
        string root = Repository();
        var files = new[] { "src", "formats" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root, folder), "*.*", SearchOption.AllDirectories))
            .Where(static file => file.EndsWith(".cs", StringComparison.Ordinal) || file.EndsWith(".ps1xml", StringComparison.Ordinal))
            .Select(file => file.Substring(root.Length + 1).Replace('\\', '/'))
            .Where(static file => !file.Contains("/obj/") && !file.Contains("/bin/") && !file.StartsWith("src/PulseRun.Emulator/Simulation/", StringComparison.Ordinal))
            .Where(file => Lists(File.ReadAllText(Path.Combine(root, file))))
            .OrderBy(static file => file, StringComparer.Ordinal)
            .ToList();
        Assert.Equal(
            ["formats/PulseRun.Format.ps1xml", "src/PulseRun.Client/Json/InstanceField.cs", "src/PulseRun.Core/Models/Instance.cs", "src/PulseRun.Emulator/Resources/InstanceJson.cs"],
            files);
    }

    private static bool Lists(string text) =>
        InstanceField.All.Count(field => Regex.IsMatch(text, "\\b(" + field.Name + "|" + Property(field.Name) + ")\\b")) >= InstanceField.All.Length - 3;

    private static string Repository()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "PulseRun.psd1")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("The tests do not run inside the repository.");
    }
#endif

    /// <summary>Returns the name of the property for a name of the JSON: <c>cost_per_hour</c> becomes CostPerHour.</summary>
    private static string Property(string name) => string.Concat(name.Split('_').Select(static word => char.ToUpperInvariant(word[0]) + word.Substring(1)));

    private static object Sample(Type type) =>
        type == typeof(string) ? "x"
        : type == typeof(decimal?) ? 1.5m
        : type == typeof(bool?) ? true
        : new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
}
