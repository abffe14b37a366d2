#include "completion/script.hpp"

#include <CLI/CLI.hpp>

namespace cxstream::cli {

namespace {

const auto every_command = [](const CLI::App*) { return true; };

void collect(const CLI::App& app, const std::string& path, std::vector<completion_node>& out) {
  completion_node node{path, {}, {}};
  for (const auto* option : app.get_options()) {
    for (const auto& name : option->get_lnames())
      node.options.push_back({"--" + name, option->get_description()});
  }
  const auto commands = app.get_subcommands(every_command);
  for (const auto* command : commands)
    node.commands.push_back({command->get_name(), command->get_description()});
  out.push_back(std::move(node));
  for (const auto* command : commands)
    collect(*command, path.empty() ? command->get_name() : path + " " + command->get_name(), out);
}

std::string words(const std::vector<completion_word>& list) {
  std::string out;
  for (const auto& entry : list)
    out += (out.empty() ? "" : " ") + entry.word;
  return out;
}

// For single quotes in any of the shells; "'" itself is left out.
std::string single_quoted(const std::string& text) {
  std::string out;
  for (const auto c : text) {
    if (c != '\'' && c != '\n')
      out.push_back(c);
  }
  return "'" + out + "'";
}

std::string bash_script(const std::vector<completion_node>& nodes) {
  std::string cases;
  std::string paths;
  for (const auto& node : nodes) {
    cases += "    " + single_quoted(node.path) + ") commands=" + single_quoted(words(node.commands)) +
             " options=" + single_quoted(words(node.options)) + " ;;\n";
    if (!node.path.empty())
      paths += (paths.empty() ? "" : "|") + single_quoted(node.path);
  }
  return "# bash completion for cxstream\n"
         "_cxstream() {\n"
         "  local word path='' commands='' options='' current=\"${COMP_WORDS[COMP_CWORD]}\"\n"
         "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
         "    case \"${path:+$path }$word\" in\n"
         "      " +
         paths +
         ") path=\"${path:+$path }$word\" ;;\n"
         "    esac\n"
         "  done\n"
         "  case \"$path\" in\n" +
         cases +
         "  esac\n"
         "  if [[ $current == -* ]]; then\n"
         "    COMPREPLY=($(compgen -W \"$options\" -- \"$current\"))\n"
         "  elif [[ -n $commands ]]; then\n"
         "    COMPREPLY=($(compgen -W \"$commands\" -- \"$current\"))\n"
         "  else\n"
         "    COMPREPLY=($(compgen -f -- \"$current\"))\n"
         "  fi\n"
         "}\n"
         "complete -o filenames -F _cxstream cxstream\n";
}

std::string zsh_words(const std::vector<completion_word>& list) {
  std::string out;
  for (const auto& entry : list)
    out += " " + single_quoted(entry.word + ":" + entry.what);
  return out;
}

std::string zsh_script(const std::vector<completion_node>& nodes) {
  std::string cases;
  std::string paths;
  for (const auto& node : nodes) {
    cases += "    " + single_quoted(node.path) + ") commands=(" + zsh_words(node.commands) + " ) options=(" +
             zsh_words(node.options) + " ) ;;\n";
    if (!node.path.empty())
      paths += (paths.empty() ? "" : "|") + single_quoted(node.path);
  }
  return "#compdef cxstream\n"
         "_cxstream() {\n"
         "  local word path_so_far=''\n"
         "  local -a commands options\n"
         "  for word in \"${words[@]:1:$((CURRENT-2))}\"; do\n"
         "    case \"${path_so_far:+$path_so_far }$word\" in\n"
         "      (" +
         paths +
         ") path_so_far=\"${path_so_far:+$path_so_far }$word\" ;;\n"
         "    esac\n"
         "  done\n"
         "  case \"$path_so_far\" in\n" +
         cases +
         "  esac\n"
         "  if [[ \"${words[CURRENT]}\" == -* ]]; then\n"
         "    _describe 'option' options\n"
         "  elif (( ${#commands} )); then\n"
         "    _describe 'command' commands\n"
         "  else\n"
         "    _files\n"
         "  fi\n"
         "}\n"
         "compdef _cxstream cxstream\n";
}

// The path must be a prefix of the words on the line that are no options, and none of its commands may follow.
std::string fish_condition(const completion_node& node) {
  std::string condition;
  std::string rest = node.path;
  while (!rest.empty()) {
    const auto blank = rest.find(' ');
    condition += (condition.empty() ? "" : "; and ") + ("__fish_seen_subcommand_from " + rest.substr(0, blank));
    rest = blank == std::string::npos ? "" : rest.substr(blank + 1);
  }
  return condition;
}

std::string fish_script(const std::vector<completion_node>& nodes) {
  std::string out = "# fish completion for cxstream\ncomplete -c cxstream -f\n";
  for (const auto& node : nodes) {
    auto condition = node.path.empty() ? "__fish_use_subcommand" : fish_condition(node);
    for (const auto& option : node.options)
      out += "complete -c cxstream -n " + single_quoted(condition) + " -l " + option.word.substr(2) + " -d " +
             single_quoted(option.what) + "\n";
    if (!node.commands.empty() && !node.path.empty())
      condition += "; and not __fish_seen_subcommand_from " + words(node.commands);
    for (const auto& command : node.commands)
      out += "complete -c cxstream -n " + single_quoted(condition) + " -a " + command.word + " -d " +
             single_quoted(command.what) + "\n";
    if (node.commands.empty())
      out += "complete -c cxstream -n " + single_quoted(condition) + " -F\n";
  }
  return out;
}

} // namespace

std::vector<completion_node> completion_nodes(const CLI::App& app) {
  std::vector<completion_node> nodes;
  collect(app, "", nodes);
  return nodes;
}

std::string completion_script(const CLI::App& app, const std::string& shell) {
  const auto nodes = completion_nodes(app);
  if (shell == "bash")
    return bash_script(nodes);
  return shell == "zsh" ? zsh_script(nodes) : fish_script(nodes);
}

} // namespace cxstream::cli
