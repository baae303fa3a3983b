using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Client;
using PulseRun.Core.Notes;
using Xunit;

namespace PulseRun.Core.Tests.Notes;

public class NoteRulesTests
{
    [Theory]
    [InlineData("train-7", true)]
    [InlineData("7", true)]
    [InlineData("ärger_1.b", true)]
    [InlineData("", false)]
    [InlineData("inst_abc", false)]
    [InlineData("INST_abc", false)]
    [InlineData("train 7", false)]
    [InlineData("train*", false)]
    [InlineData("a/b", false)]
    [InlineData("a\nb", false)]
    public void Names(string name, bool isAllowed) => Assert.Equal(isAllowed, NoteRules.WrongName(name) is null);

    [Fact]
    public void A_name_has_at_most_64_characters()
    {
        Assert.Null(NoteRules.WrongName(new string('a', 64)));
        Assert.NotNull(NoteRules.WrongName(new string('a', 65)));
    }

    [Theory]
    [InlineData("owner", "ann", true)]
    [InlineData("cost/centre", "", true)]
    [InlineData("", "x", false)]
    [InlineData("a b", "x", false)]
    [InlineData("a:b", "x", false)]
    [InlineData("a", "x\u001b[31m", false)]
    [InlineData("a", "x\u202ey", false)]
    public void Tags(string key, string value, bool isAllowed) =>
        Assert.Equal(isAllowed, NoteRules.WrongTags(new Dictionary<string, string> { [key] = value }) is null);

    [Fact]
    public void Limits_of_tags()
    {
        static Dictionary<string, string> Many(int count) => Enumerable.Range(0, count).ToDictionary(i => "k" + i, i => "v");
        Assert.Null(NoteRules.WrongTags(Many(32)));
        Assert.NotNull(NoteRules.WrongTags(Many(33)));
        Assert.Null(NoteRules.WrongTags(new Dictionary<string, string> { [new string('k', 64)] = new string('v', 256) }));
        Assert.NotNull(NoteRules.WrongTags(new Dictionary<string, string> { [new string('k', 65)] = "v" }));
        Assert.NotNull(NoteRules.WrongTags(new Dictionary<string, string> { ["k"] = new string('v', 257) }));
        Assert.NotNull(NoteRules.WrongTags(new Dictionary<string, string>(StringComparer.Ordinal) { ["Owner"] = "a", ["owner"] = "b" }));
    }

    [Theory]
    [InlineData("00:00:59", false)]
    [InlineData("00:01:00", true)]
    [InlineData("366.00:00:00", true)]
    [InlineData("366.00:00:01", false)]
    [InlineData("-01:00:00", false)]
    public void Lifetimes(string lifetime, bool isAllowed) =>
        Assert.Equal(isAllowed, NoteRules.WrongLifetime(TimeSpan.Parse(lifetime, System.Globalization.CultureInfo.InvariantCulture)) is null);

    [Fact]
    public void A_change_keeps_what_it_does_not_name()
    {
        var note = new InstanceNote { Id = "inst_1", Name = "a", Tags = new Dictionary<string, string> { ["owner"] = "ann", ["team"] = "nlp" }, ExpiresAt = DateTimeOffset.UnixEpoch };
        InstanceNote changed = note.With(new NoteChange { Tags = new Dictionary<string, string> { ["OWNER"] = "bob" }, RemoveTags = ["Team", "none"] });
        Assert.Equal("bob", Assert.Single(changed.Tags).Value);
        Assert.Equal(("a", note.ExpiresAt), (changed.Name, changed.ExpiresAt));
        changed = note.With(new NoteChange { Name = new Setting<string?>(null), ExpiresAt = new Setting<DateTimeOffset?>(null), AtExpiry = ExpiryAction.Remove });
        Assert.Equal((null, null, ExpiryAction.Remove, 2), (changed.Name, changed.ExpiresAt, changed.AtExpiry, changed.Tags.Count));
    }
}
