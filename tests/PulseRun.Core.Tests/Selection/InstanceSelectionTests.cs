using System;
using System.Linq;
using PulseRun.Core.Selection;
using Xunit;

namespace PulseRun.Core.Tests.Selection;

public class InstanceSelectionTests
{
    private static Instance[] Rows(params string[] ids) => ids.Select(static id => new Instance { Id = id }).ToArray();

    private static Func<string, bool> StartsWith(string prefix) => id => id.StartsWith(prefix, StringComparison.Ordinal);

    // Words are ids; words with * are patterns.
    private static InstanceSelection Select(string words)
    {
        var selection = new InstanceSelection();
        foreach (string word in words.Split([' '], StringSplitOptions.RemoveEmptyEntries))
        {
            if (word[word.Length - 1] == '*')
                selection.AddPattern(word, StartsWith(word.TrimEnd('*')));
            else
                selection.AddId(word, "source of " + word);
        }
        return selection;
    }

    [Theory]
    [InlineData("a", false, false)] // one id is one GET
    [InlineData("a a", false, false)]
    [InlineData("a b", true, false)] // one list instead of two GETs
    [InlineData("a*", true, true)]
    [InlineData("a b*", true, true)]
    [InlineData("", false, false)]
    public void One_list_is_asked_for_where_it_is_cheaper(string words, bool needsList, bool needsWholeList)
    {
        InstanceSelection selection = Select(words);
        Assert.Equal((needsList, needsWholeList), (selection.NeedsList, selection.NeedsWholeList));
    }

    [Fact]
    public void Ids_are_kept_once_in_their_order_with_their_first_source()
    {
        InstanceSelection selection = Select("b a b c a");
        selection.AddId("a", "another");
        Assert.Equal([("b", "source of b"), ("a", "source of a"), ("c", "source of c")], selection.Ids.Select(static one => (one.Id, (string)one.Source!)));
    }

    [Fact]
    public void Rows_that_only_a_pattern_asks_for_are_returned_in_the_order_of_the_list()
    {
        InstanceSelection selection = Select("x2 x* y*");
        Assert.Equal(["y1", "x1"], selection.Pick(Rows("y1", "x2", "z1", "x1")).Select(static one => one.Id));
        Assert.Equal("x2", selection.Found("x2")!.Id);
    }

    [Fact]
    public void An_id_that_a_pattern_matches_too_is_written_once_at_its_place()
    {
        InstanceSelection selection = Select("x1 x*");
        Assert.Empty(selection.Pick(Rows("x1")));
        Assert.NotNull(selection.Found("x1"));
    }

    [Fact]
    public void Two_patterns_that_match_one_row_return_it_once() => Assert.Single(Select("x* x1*").Pick(Rows("x12")));

    [Fact]
    public void An_id_that_no_list_contained_is_not_found()
    {
        InstanceSelection selection = Select("a b");
        Assert.Empty(selection.Pick(Rows("a", "A")));
        Assert.Null(selection.Found("b"));
        // Ids are case-sensitive.
        Assert.Equal("a", selection.Found("a")!.Id);
        Assert.Null(selection.Found("A"));
    }

    [Fact]
    public void The_row_of_the_last_page_counts_where_pages_repeat_one()
    {
        InstanceSelection selection = Select("a b");
        selection.Pick([new Instance { Id = "a", Status = "running" }]);
        selection.Pick([new Instance { Id = "a", Status = "stopped" }]);
        Assert.Equal("stopped", selection.Found("a")!.Status);
    }

    [Fact]
    public void Many_ids_in_a_large_list_take_linear_time()
    {
        var selection = new InstanceSelection();
        Instance[] rows = Enumerable.Range(0, 20_000).Select(static i => new Instance { Id = "i" + i }).ToArray();
        foreach (Instance row in rows)
            selection.AddId(row.Id, row);
        // With quadratic work, this would be 400 million comparisons in each of 100 rounds.
        for (int i = 0; i < 100; i++)
            Assert.Empty(selection.Pick(rows));
    }
}
